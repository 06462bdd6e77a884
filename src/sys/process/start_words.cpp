#include "sys/process/start_words.hpp"

#include <unistd.h>

#include <string_view>

namespace lastcall::sys {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> made;
    made.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        made.push_back(const_cast<char*>(text.c_str()));
    }
    made.push_back(nullptr);
    return made;
}

std::vector<std::string> environment_of(const std::string& first,
                                        const std::vector<std::string>& added) {
    std::vector<std::string> all{first};
    all.insert(all.end(), added.begin(), added.end());
    const std::size_t ours = all.size();
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('=') + 1);
        bool is_named = false;
        for (std::size_t i = 0; i < ours; ++i) {
            is_named = is_named || std::string_view(all[i]).starts_with(name);
        }
        if (!is_named) {
            all.emplace_back(text);
        }
    }
    return all;
}

}  // namespace lastcall::sys
