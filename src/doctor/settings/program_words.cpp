#include "doctor/settings/program_words.hpp"

#include "doctor/settings/script_word.hpp"
#include "doctor/settings/surroundings.hpp"

namespace lastcall::doctor {
namespace {

std::string in_small_letters(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return made;
}

/// Names of options are told apart by their letters everywhere but in traefik, which has a *.
bool is_option(std::string_view word, std::string_view option) {
    return option.find('*') == option.npos ? word == option
                                           : fits_pattern(in_small_letters(word), option);
}

}  // namespace

std::vector<std::string> program_words::all_of(std::string_view option) const {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < words.size() && !option.empty(); ++i) {
        const std::string_view word = words[i];
        if (is_option(word, option) && i + 1 < words.size()) {
            made.push_back(words[++i]);
        } else if (const auto equals = word.find('=');
                   equals != word.npos && is_option(word.substr(0, equals), option)) {
            made.emplace_back(word.substr(equals + 1));
        }
    }
    return made;
}

std::optional<std::string> program_words::option(std::string_view option) const {
    const auto all = all_of(option);
    return all.empty() ? std::nullopt : std::optional(all.back());
}

bool program_words::has(std::string_view word) const {
    for (const std::string& one : words) {
        if (one == word) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> made;
    std::string word;
    char quote = 0;
    bool has_word = false;
    for (const char c : text) {
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
            if (has_word) {
                made.push_back(word);
            }
            word.clear();
            has_word = false;
        } else if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            has_word = true;
        } else {
            word += c;
            has_word = true;
        }
    }
    if (has_word) {
        made.push_back(word);
    }
    return made;
}

program_words words_of(const seen_process& one) {
    constexpr std::string_view master = "master process ";
    program_words made;
    made.words = one.arguments;
    while (!made.words.empty() && made.words.back().empty()) {
        made.words.pop_back();
    }
    if (made.words.size() != 1 || made.words.front().find(' ') == std::string::npos) {
        return made;
    }
    const std::string title = made.words.front();
    const auto at = title.find(master);
    made.is_title = at == std::string::npos;
    if (!made.is_title) {
        made.words = split_words(std::string_view(title).substr(at + master.size()));
    }
    return made;
}

bool is_named(const seen_process& one, std::string_view name) {
    const auto is_it = [&](std::string_view file) {
        file = file.substr(file.rfind('/') + 1);
        return file == name || (name == "php-fpm" && file.starts_with(name));
    };
    return is_it(one.program) || is_it(one.name) || is_it(script_word(one.program, one.arguments));
}

}  // namespace lastcall::doctor
