#include "sys/process/own_environment.hpp"

#include <unistd.h>

#include <string_view>

namespace lastcall::sys {

std::map<std::string, std::string> own_environment() {
    std::map<std::string, std::string> made;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (const auto equals = text.find('='); equals != std::string_view::npos && equals > 0) {
            made.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return made;
}

}  // namespace lastcall::sys
