#include <lastcall/duration.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::array<std::pair<std::string_view, nanoseconds>, 5> units{
    {{"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};

constexpr nanoseconds longest = std::chrono::hours(24 * 365);

// "12.5" at the start of a text. Whole and fraction apart: a double has no room for the
// nanoseconds of half a year.
struct decimal {
    std::uint64_t whole = 0;
    double fraction = 0;
    std::size_t length = 0;  ///< 0: the text begins with no number
};

decimal decimal_at(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const std::size_t whole = std::min(text.find_first_not_of(digits), text.size());
    decimal found;
    if (std::from_chars(text.data(), text.data() + whole, found.whole).ec != std::errc{}) {
        return whole == 0 ? decimal{} : decimal{UINT64_MAX, 0, whole};
    }
    found.length = whole;
    if (text.substr(whole).starts_with('.')) {
        double place = 1;
        for (found.length = whole + 1; found.length < text.size(); ++found.length) {
            const char c = text[found.length];
            if (c < '0' || c > '9') {
                break;
            }
            place /= 10;
            found.fraction += place * (c - '0');
        }
    }
    return found;
}

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text, std::string_view what) {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(std::string(what) + ": \"" + std::string(text) + "\" " + why +
                                    "; write it as 500ms, 30s or 2m");
    };
    const bool is_negative = text.starts_with('-');
    const std::string_view amount = text.substr(is_negative ? 1 : 0);
    const decimal number = decimal_at(amount);
    if (number.length == 0) {
        refuse("is not a duration");
    }
    const std::string_view unit = amount.substr(number.length);
    const auto* found =
        std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == unit; });
    if (found == units.end()) {
        refuse(unit.empty() ? "has no unit" : "has an unknown unit");
    }
    if (is_negative) {
        refuse("is negative");
    }
    if (number.whole > static_cast<std::uint64_t>(longest / found->second)) {
        refuse("is longer than a year");
    }
    const double part = number.fraction * static_cast<double>(found->second.count());
    const nanoseconds value =
        found->second * static_cast<std::int64_t>(number.whole) + nanoseconds(std::llround(part));
    if (value > longest) {
        refuse("is longer than a year");
    }
    return value;
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
