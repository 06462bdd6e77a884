#include "lint/unit/unit_words.hpp"

#include <cstdint>
#include <string>

namespace lastcall::lint {
namespace {

int digit_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

std::string utf8_of(std::uint32_t point) {
    std::string made;
    if (point < 0x80) {
        made += static_cast<char>(point);
    } else if (point < 0x800) {
        made += static_cast<char>(0xC0 | (point >> 6));
        made += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        made += static_cast<char>(0xE0 | (point >> 12));
        made += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        made += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        made += static_cast<char>(0xF0 | (point >> 18));
        made += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
        made += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        made += static_cast<char>(0x80 | (point & 0x3F));
    }
    return made;
}

struct escape {
    std::string made;
    std::size_t size = 0;  // of what it stands for, with its backslash; 0: it is none
};

escape numbered(std::string_view text, std::size_t skip, std::size_t digits, int base) {
    std::uint32_t value = 0;
    if (text.size() < skip + digits) {
        return {};
    }
    for (const char c : text.substr(skip, digits)) {
        if (digit_value(c) >= base) {
            return {};
        }
        value =
            value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_value(c));
    }
    const bool is_byte = digits <= 3;
    if (value == 0 || value > 0x10FFFF || (is_byte && value > 0xFF)) {
        return {};
    }
    return {is_byte ? std::string(1, static_cast<char>(value)) : utf8_of(value), skip + digits};
}

/// What the backslash that `text` begins with stands for.
escape read_escape(std::string_view text) {
    if (text.size() < 2) {
        return {};
    }
    switch (text[1]) {
        case 'a':
            return {"\a", 2};
        case 'b':
            return {"\b", 2};
        case 'f':
            return {"\f", 2};
        case 'n':
            return {"\n", 2};
        case 'r':
            return {"\r", 2};
        case 't':
            return {"\t", 2};
        case 'v':
            return {"\v", 2};
        case 's':
            return {" ", 2};
        case '\\':
        case '"':
        case '\'':
            return {std::string(1, text[1]), 2};
        case 'x':
            return numbered(text, 2, 2, 16);
        case 'u':
            return numbered(text, 2, 4, 16);
        case 'U':
            return numbered(text, 2, 8, 16);
        default:
            return numbered(text, 1, 3, 8);
    }
}

}  // namespace

unit_words split_unit_words(const mapped_text& value) {
    const std::string_view text = value.text();
    unit_words made;
    bool is_in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && is_blank(c)) {
            is_in_word = false;
            continue;
        }
        if (!is_in_word) {
            made.words.emplace_back();
            is_in_word = true;
        }
        auto& word = made.words.back();
        if (c == '\\') {
            const auto found = read_escape(text.substr(i));
            if (found.size > 0) {
                word.is_plain = false;
                const auto begin = value.offset_of(i);
                word.text.add_made(found.made, begin,
                                   value.offset_of(i + found.size - 1) + 1 - begin);
                i += found.size - 1;
                continue;
            }
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            word.is_plain = false;
            continue;
        } else if (c == quote && quote != 0) {
            quote = 0;
            continue;
        }
        word.text.add(text.substr(i, 1), value.offset_of(i));
    }
    made.is_whole = quote == 0;
    return made;
}

}  // namespace lastcall::lint
