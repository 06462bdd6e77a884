#include "drill/sequence/time_span.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace lastcall::drill {
namespace {

using std::chrono::nanoseconds;

std::optional<double> seconds_of(std::string_view unit) {
    static constexpr std::array<std::pair<std::string_view, double>, 27> units{{
        {"", 1},        {"us", 1e-6},       {"usec", 1e-6},
        {"µs", 1e-6},   {"ms", 1e-3},       {"msec", 1e-3},
        {"s", 1},       {"sec", 1},         {"second", 1},
        {"seconds", 1}, {"m", 60},          {"min", 60},
        {"minute", 60}, {"minutes", 60},    {"h", 3600},
        {"hr", 3600},   {"hour", 3600},     {"hours", 3600},
        {"d", 86400},   {"day", 86400},     {"days", 86400},
        {"w", 604800},  {"week", 604800},   {"weeks", 604800},
        {"M", 2629800}, {"month", 2629800}, {"months", 2629800},
    }};
    for (const auto& [name, seconds] : units) {
        if (name == unit) {
            return seconds;
        }
    }
    return std::nullopt;
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

}  // namespace

std::optional<nanoseconds> read_time_span(std::string_view text) {
    skip_blanks(text);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    if (text == "infinity") {
        return nanoseconds::max();
    }
    if (text.empty()) {
        return std::nullopt;
    }
    double total = 0;
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || !std::isfinite(number) || number < 0) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        skip_blanks(text);
        const auto size = std::min(text.find_first_of(" \t0123456789."), text.size());
        const auto unit = seconds_of(text.substr(0, size));
        if (!unit) {
            return std::nullopt;
        }
        text.remove_prefix(size);
        skip_blanks(text);
        total += number * *unit;
    }
    constexpr double longest = 9e9;  // of nanoseconds in 64 bits
    return total >= longest
               ? nanoseconds::max()
               : nanoseconds(static_cast<std::int64_t>(std::llround(total * 1e6)) * 1000);
}

}  // namespace lastcall::drill
