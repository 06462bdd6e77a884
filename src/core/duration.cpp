#include <lastcall/duration.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::array<std::pair<std::string_view, nanoseconds>, 5> units{
    {{"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};

constexpr nanoseconds longest = std::chrono::hours(24 * 365);

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text, std::string_view what) {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(std::string(what) + ": \"" + std::string(text) + "\" " + why +
                                    "; write it as 500ms, 30s or 2m");
    };
    long double number = 0;  // a double has no room for the nanoseconds of half a year
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number)) {
        refuse("is not a duration");
    }
    const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    const auto* found =
        std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == unit; });
    if (found == units.end()) {
        refuse(unit.empty() ? "has no unit" : "has an unknown unit");
    }
    if (number < 0) {
        refuse("is negative");
    }
    const long double count = number * static_cast<long double>(found->second.count());
    if (count > static_cast<long double>(longest.count())) {
        refuse("is longer than a year");
    }
    return nanoseconds(std::llround(count));
}

std::string to_text(std::chrono::nanoseconds value) {
    using namespace std::chrono;
    const auto us = duration_cast<microseconds>(value).count();
    const auto with = [](long long whole, long long fraction, int digits, const char* unit) {
        std::string text = std::to_string(whole);
        if (fraction != 0) {
            std::string tail = std::to_string(fraction);
            tail.insert(0, static_cast<std::size_t>(digits) - tail.size(), '0');
            tail.erase(tail.find_last_not_of('0') + 1);
            text += "." + tail;
        }
        return text + unit;
    };
    if (us < 0) {
        return "-" + to_text(-value);
    }
    if (us >= 1'000'000) {
        return with(us / 1'000'000, us % 1'000'000, 6, "s");
    }
    if (us >= 1'000 || us == 0) {
        return with(us / 1'000, us % 1'000, 3, "ms");
    }
    return with(us, 0, 0, "us");
}

}  // namespace lastcall
