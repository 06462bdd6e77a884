#include "agent/api/time_text.hpp"

#include <array>
#include <cstdio>

namespace lastcall::agent {

using namespace std::chrono;

namespace {

// Takes `digits` digits off the front; -1: there are none.
int take_number(std::string_view& text, std::size_t digits) noexcept {
    int number = 0;
    if (text.size() < digits) {
        return -1;
    }
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') {
            return -1;
        }
        number = number * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char what) noexcept {
    const bool is_there = text.starts_with(what);
    text.remove_prefix(is_there ? 1 : 0);
    return is_there;
}

std::optional<sys_days> take_day(std::string_view& text) noexcept {
    const int y = take_number(text, 4);
    const bool dash = take(text, '-');
    const int m = take_number(text, 2);
    const bool dash_too = take(text, '-');
    const int d = take_number(text, 2);
    if (y < 0 || m < 0 || d < 0 || !dash || !dash_too) {
        return std::nullopt;
    }
    const year_month_day day{year(y), month(static_cast<unsigned>(m)),
                             std::chrono::day(static_cast<unsigned>(d))};
    return day.ok() ? std::optional(sys_days(day)) : std::nullopt;
}

}  // namespace

std::string time_text(nanoseconds since_1970) {
    const sys_time<milliseconds> at(floor<milliseconds>(since_1970));
    const auto midnight = floor<days>(at);
    const year_month_day day(midnight);
    const hh_mm_ss clock(at - midnight);
    std::array<char, 40> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<nanoseconds> read_time(std::string_view text) noexcept {
    const auto day = take_day(text);
    if (!day) {
        return std::nullopt;
    }
    const auto midnight = duration_cast<nanoseconds>(day->time_since_epoch());
    if (text.empty()) {
        return midnight;
    }
    const bool t = take(text, 'T');
    const int h = take_number(text, 2);
    const bool colon = take(text, ':');
    const int m = take_number(text, 2);
    const bool colon_too = take(text, ':');
    const int s = take_number(text, 2);
    if (!t || !colon || !colon_too || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) {
        return std::nullopt;
    }
    nanoseconds fraction{0};
    if (take(text, '.')) {
        nanoseconds unit = 100ms;
        bool has_digit = false;
        for (int digit = 0; (digit = take_number(text, 1)) >= 0; unit /= 10) {
            fraction += unit * digit;
            has_digit = true;
        }
        if (!has_digit) {
            return std::nullopt;
        }
    }
    if (text != "Z") {
        return std::nullopt;
    }
    return midnight + hours(h) + minutes(m) + seconds(s) + fraction;
}

}  // namespace lastcall::agent
