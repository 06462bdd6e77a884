#include "core/systemd_time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace lastcall::core {
namespace {

using count = std::uint64_t;

constexpr count second = 1'000'000;
constexpr count infinite = std::numeric_limits<count>::max();

// A unit is found by its first letters: the longer ones come first.
constexpr std::array<std::pair<std::string_view, count>, 30> units{{
    {"seconds", second},
    {"second", second},
    {"sec", second},
    {"s", second},
    {"minutes", 60 * second},
    {"minute", 60 * second},
    {"min", 60 * second},
    {"months", 2629800 * second},
    {"month", 2629800 * second},
    {"M", 2629800 * second},
    {"msec", second / 1000},
    {"ms", second / 1000},
    {"m", 60 * second},
    {"hours", 3600 * second},
    {"hour", 3600 * second},
    {"hr", 3600 * second},
    {"h", 3600 * second},
    {"days", 86400 * second},
    {"day", 86400 * second},
    {"d", 86400 * second},
    {"weeks", 604800 * second},
    {"week", 604800 * second},
    {"w", 604800 * second},
    {"years", 31557600 * second},
    {"year", 31557600 * second},
    {"y", 31557600 * second},
    {"usec", 1},
    {"us", 1},
    {"\xC2\xB5s", 1},
    {"\xCE\xBCs", 1},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\r"), text.size()));
}

/// Takes digits off `text`. Unset: none, or too many of them.
std::optional<count> take_number(std::string_view& text) {
    constexpr count most = std::numeric_limits<std::int64_t>::max();
    count value = 0;
    std::size_t size = 0;
    for (; size < text.size() && is_digit(text[size]); ++size) {
        const auto digit = static_cast<count>(text[size] - '0');
        if (value > (most - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
    }
    text.remove_prefix(size);
    return size == 0 ? std::nullopt : std::optional(value);
}

count take_unit(std::string_view& text) {
    for (const auto& [name, value] : units) {
        if (text.starts_with(name)) {
            text.remove_prefix(name.size());
            return value;
        }
    }
    return second;
}

/// "1min", "90", "2.5 h": one part of a span, which is added to `sum`.
bool take_part(std::string_view& text, count& sum) {
    std::string_view fraction;
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    count whole = 0;
    if (!text.starts_with('.')) {
        const auto number = take_number(text);
        if (!number) {
            return false;
        }
        whole = *number;
    }
    if (text.starts_with('.')) {
        const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
        fraction = text.substr(1, end - 1);
        text.remove_prefix(end);
        if (fraction.empty()) {
            return false;
        }
    }
    const auto before = text.size();
    skip_blanks(text);
    count unit = take_unit(text);
    if (text.size() == before && !text.empty()) {
        return false;  // "12.34.56"
    }
    if (whole >= infinite / unit || whole * unit >= infinite - sum) {
        return false;
    }
    sum += whole * unit;
    for (const char digit : fraction) {
        unit /= 10;
        const count more = static_cast<count>(digit - '0') * unit;
        if (more >= infinite - sum) {
            return false;
        }
        sum += more;
    }
    return true;
}

}  // namespace

std::optional<std::chrono::microseconds> read_systemd_time(std::string_view text) {
    skip_blanks(text);
    const auto end = text.find_last_not_of(" \t\n\r");
    text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    if (text == "infinity") {
        return systemd_no_limit;
    }
    count sum = 0;
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        if (!take_part(text, sum)) {
            return std::nullopt;
        }
        skip_blanks(text);
    }
    constexpr auto most = static_cast<count>(systemd_no_limit.count());
    return std::chrono::microseconds(static_cast<std::int64_t>(std::min(sum, most)));
}

}  // namespace lastcall::core
