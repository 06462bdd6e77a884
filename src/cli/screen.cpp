#include "cli/screen.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "core/utf8.hpp"
#include "sys/process/screen_size.hpp"

namespace lastcall::cli {
namespace {

bool is_set(const char* value) noexcept { return value != nullptr && *value != '\0'; }

std::uint32_t code_of(std::string_view character) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) {
        return byte(0);
    }
    std::uint32_t code = byte(0) & (0xFFU >> (character.size() + 1));
    for (std::size_t i = 1; i < character.size(); ++i) {
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return code;
}

/// C0, C1, marks and overrides of direction (Unicode, UAX #9), separators of lines, and what
/// has no width at all.
bool is_harmful(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x61C ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

std::string escaped(std::uint32_t code) {
    std::array<char, 16> made{};
    const int size =
        std::snprintf(made.data(), made.size(), code < 0x100 ? "\\x%02x" : "\\u%04x", code);
    return {made.data(), static_cast<std::size_t>(size)};
}

}  // namespace

bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang) {
    for (const char* const value : {lc_all, lc_ctype, lang}) {
        if (is_set(value)) {
            std::string name = value;
            std::ranges::transform(name, name.begin(), [](unsigned char c) {
                return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
            });
            return name.find("utf-8") != std::string::npos ||
                   name.find("utf8") != std::string::npos;
        }
    }
    return false;  // the locale is "C"
}

screen screen_of(int fd) {
    screen made;
    made.is_terminal = sys::is_terminal(fd);
    made.has_colour = made.is_terminal && !is_set(std::getenv("NO_COLOR"));
    made.has_utf8 =
        is_utf8_locale(std::getenv("LC_ALL"), std::getenv("LC_CTYPE"), std::getenv("LANG"));
    if (made.is_terminal) {
        const int columns = sys::terminal_columns(fd);
        made.width = columns > 0 ? static_cast<std::size_t>(std::max(columns, 20)) : 80;
    }
    return made;
}

std::string harmless(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const auto length = core::character_length(text);
        if (length == 0) {
            made += escaped(static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        const auto character = text.substr(0, length);
        const auto code = code_of(character);
        if (code == '\n' || code == '\t') {
            made += ' ';
        } else if (is_harmful(code)) {
            made += escaped(code);
        } else {
            made += character;
        }
        text.remove_prefix(length);
    }
    return made;
}

std::string shell_text(std::span<const std::string> words) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%^";
    std::string made;
    for (const auto& word : words) {
        const bool is_plain = !word.empty() && word.find_first_not_of(plain) == std::string::npos;
        std::string shown = word;
        if (!is_plain) {
            for (std::size_t at = 0; (at = shown.find('\'', at)) != std::string::npos; at += 4) {
                shown.replace(at, 1, "'\\''");
            }
            shown = "'" + shown + "'";
        }
        made += (made.empty() ? "" : " ") + harmless(shown);
    }
    return made;
}

std::size_t columns_of_text(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shortened(std::string_view text, std::size_t width, std::string_view dots) {
    if (width == 0 || columns_of_text(text) <= width) {
        return std::string(text);
    }
    const auto room = width - std::min(width, columns_of_text(dots));
    std::size_t end = 0;
    for (std::size_t column = 0; column < room; ++column) {
        end += std::max<std::size_t>(core::character_length(text.substr(end)), 1);
    }
    return std::string(text.substr(0, end)).append(dots);
}

std::string padded(std::string_view text, std::size_t width) {
    const auto has = columns_of_text(text);
    return std::string(text).append(has < width ? width - has : 0, ' ');
}

}  // namespace lastcall::cli
