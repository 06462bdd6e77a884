#include "drill/report/terminal_text.hpp"

#include <algorithm>
#include <cmath>

#include "core/utf8.hpp"
#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

std::string_view code_of(ink how) noexcept {
    switch (how) {
        case ink::strong:
            return "\x1b[1m";
        case ink::soft:
            return "\x1b[2m";
        case ink::good:
            return "\x1b[32m";
        case ink::bad:
            return "\x1b[31m";
        case ink::open:
            return "\x1b[33m";
        case ink::plain:
            break;
    }
    return {};
}

bool is_unit(std::string_view word) noexcept {
    word = word.substr(0, word.find_last_not_of(",;:.)") + 1);
    return word == "%" || word == "s" || word == "ms" || word == "µs";
}

}  // namespace

std::string painted(std::string_view text, ink how, bool colour) {
    const auto code = code_of(how);
    if (!colour || code.empty()) {
        return std::string(text);
    }
    return std::string(code).append(text).append("\x1b[0m");
}

std::string_view symbol_of(standing how) noexcept {
    switch (how) {
        case standing::pass:
            return "✓";
        case standing::warn:
            return "!";
        case standing::fail:
            return "✗";
        case standing::inconclusive:
            return "?";
        case standing::not_asked:
            break;
    }
    return "–";
}

ink ink_of(standing how) noexcept {
    switch (how) {
        case standing::pass:
            return ink::good;
        case standing::warn:
        case standing::inconclusive:
            return ink::open;
        case standing::fail:
            return ink::bad;
        case standing::not_asked:
            break;
    }
    return ink::soft;
}

std::string cut(std::string_view text, std::size_t width) {
    if (columns(text) <= width) {
        return std::string(text);
    }
    if (width == 0) {
        return {};
    }
    std::size_t end = 0;
    for (std::size_t column = 0; column + 1 < width; ++column) {
        end += std::max<std::size_t>(core::character_length(text.substr(end)), 1);
    }
    return std::string(text.substr(0, end)) + "…";
}

std::vector<std::string> flowed(const std::vector<std::string>& items, std::string_view between,
                                std::size_t width) {
    std::vector<std::string> lines;
    for (const auto& item : items) {
        const auto part = cut(item, width);
        const bool fits =
            !lines.empty() && columns(lines.back()) + columns(between) + columns(part) <= width;
        if (fits) {
            lines.back().append(between).append(part);
        } else {
            lines.push_back(part);
        }
    }
    return lines;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        const bool after_number =
            !words.empty() && words.back().back() >= '0' && words.back().back() <= '9';
        if (after_number && is_unit(word)) {
            words.back().append(" ").append(word);
        } else if (!word.empty()) {
            words.emplace_back(word);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return flowed(words, " ", width);
}

std::string padded_left(std::string_view text, std::size_t width) {
    const auto now = columns(text);
    return std::string(now < width ? width - now : 0, ' ').append(text);
}

std::string padded_right(std::string_view text, std::size_t width) {
    const auto now = columns(text);
    return std::string(text).append(now < width ? width - now : 0, ' ');
}

std::string_view spark(double value, double highest) noexcept {
    constexpr std::string_view heights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    if (value <= 0 || highest <= 0) {
        return heights[0];
    }
    const auto eighths = static_cast<int>(std::ceil(value / highest * 8));
    return heights[std::clamp(eighths, 1, 8)];
}

}  // namespace lastcall::drill
