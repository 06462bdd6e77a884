#include "drill/report/figures.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "core/utf8.hpp"

namespace lastcall::drill {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Controls of C0 and C1, and the marks that turn the direction of what follows.
bool is_harmful(std::string_view character) noexcept {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) {
        return first < 0x20 || first == 0x7F;
    }
    const auto second = static_cast<unsigned char>(character[1]);
    if (character.size() == 2) {
        return first == 0xC2 && second < 0xA0;
    }
    const auto third = static_cast<unsigned char>(character[2]);
    if (first != 0xE2) {
        return false;
    }
    const bool turns = second == 0x80 && third >= 0xAA && third <= 0xAE;
    const bool breaks_line = second == 0x80 && (third == 0xA8 || third == 0xA9);
    const bool isolates = second == 0x81 && third >= 0xA6 && third <= 0xA9;
    return turns || breaks_line || isolates;
}

// Three digits that count.
std::string rounded(double number) {
    return decimal(number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0);
}

}  // namespace

std::string thousands(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    auto text = thousands(number) + " ";
    if (number == 1) {
        return text.append(one);
    }
    return many.empty() ? text.append(one).append("s") : text.append(many);
}

std::string decimal(double number, int places) {
    std::array<char, 64> buffer{};
    const auto made = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                    std::chars_format::fixed, places);
    if (made.ec != std::errc{}) {
        return "?";
    }
    std::string text(buffer.data(), made.ptr);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') {
            text.pop_back();
        }
    }
    return text == "-0" ? "0" : text;
}

std::string length_text(std::int64_t ns) {
    const auto number = static_cast<double>(ns);
    if (ns < 0) {
        return "−" + length_text(-ns);
    }
    if (number < 999.5e3) {
        return rounded(number / 1e3) + " µs";
    }
    if (number < 999.5e6) {
        return rounded(number / 1e6) + " ms";
    }
    return rounded(number / 1e9) + " s";
}

std::string offset_text(std::int64_t ns) {
    if (ns == 0) {
        return "0";
    }
    return ns > 0 ? "+" + length_text(ns) : length_text(ns);
}

std::string percent(double share) {
    const double number = share * 100;
    if (number <= 0) {
        return "0 %";
    }
    if (number >= 9.95) {
        return decimal(number, 0) + " %";
    }
    const int places = 1 - static_cast<int>(std::floor(std::log10(number)));
    return decimal(number, places < 12 ? places : 12) + " %";
}

std::string size_text(std::int64_t bytes) {
    const auto number = static_cast<double>(bytes);
    if (number < 1e6) {
        return rounded(number / 1e3) + " kB";
    }
    return number < 1e9 ? rounded(number / 1e6) + " MB" : rounded(number / 1e9) + " GB";
}

std::string harmless(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    while (!text.empty()) {
        const auto length = core::character_length(text);
        const auto taken = length == 0 ? 1 : length;
        const auto character = text.substr(0, taken);
        made.append(length == 0 || is_harmful(character) ? replacement : character);
        text.remove_prefix(taken);
    }
    return made;
}

std::size_t columns(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) {
        count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1U : 0U;
    }
    return count;
}

}  // namespace lastcall::drill
