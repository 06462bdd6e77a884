#include "core/lean_duration.hpp"

#include <cstdint>
#include <limits>
#include <optional>

// std::from_chars for floating point is not used: it brings locales, the heap and
// exceptions into a static program.
namespace lastcall::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct unit {
    std::string_view name;
    nanoseconds length;
};

constexpr unit units[] = {{"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}};
constexpr nanoseconds longest = std::chrono::hours(24 * 365);
constexpr std::string_view no_unit = "has no unit";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes digits off the front of `text`.
struct decimal {
    std::uint64_t digits = 0;  ///< the first 18 that count
    int exponent = 0;          ///< the value is digits * 10^exponent
    int seen = 0;

    void take(std::string_view& text, bool fraction) noexcept {
        for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++seen) {
            if (digits < 100'000'000'000'000'000U) {
                digits = digits * 10 + static_cast<unsigned>(text.front() - '0');
                exponent -= fraction ? 1 : 0;
            } else {
                exponent += fraction ? 0 : 1;
            }
        }
    }

    // "e3", "e-6"; left alone where no digit follows the e.
    void take_exponent(std::string_view& text) noexcept {
        std::string_view rest = text;
        if (seen == 0 || rest.empty() || (rest.front() != 'e' && rest.front() != 'E')) {
            return;
        }
        rest.remove_prefix(1);
        const bool negative = !rest.empty() && rest.front() == '-';
        if (!rest.empty() && (negative || rest.front() == '+')) {
            rest.remove_prefix(1);
        }
        if (rest.empty() || !is_digit(rest.front())) {
            return;
        }
        int value = 0;
        for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
            value = value < 10'000 ? value * 10 + (rest.front() - '0') : value;
        }
        exponent += negative ? -value : value;
        text = rest;
    }

    /// Unset for what a double cannot hold.
    [[nodiscard]] std::optional<double> value() const noexcept {
        constexpr int exact = 22;  // 10^22 is a double: one operation, and one rounding
        auto result = static_cast<double>(digits);
        int left = exponent < 0 ? -exponent : exponent;
        while (left > 0 && result > 0 && result < std::numeric_limits<double>::infinity()) {
            double power = 1;
            for (int i = 0; i < exact && left > 0; ++i, --left) {
                power *= 10;
            }
            result = exponent < 0 ? result / power : result * power;
        }
        const bool held =
            result < std::numeric_limits<double>::infinity() && (result > 0) == (digits > 0);
        return held ? std::optional(result) : std::nullopt;
    }
};

}  // namespace

lean_duration parse_lean_duration(std::string_view text) noexcept {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) {
        text.remove_prefix(1);
    }
    decimal number;
    number.take(text, false);
    if (!text.empty() && text.front() == '.' &&
        (number.seen > 0 || (text.size() > 1 && is_digit(text[1])))) {
        text.remove_prefix(1);
        number.take(text, true);
    }
    number.take_exponent(text);
    const auto size = number.value();
    if (number.seen == 0 || !size) {
        return {0ns, "is not a duration"};
    }
    const unit* found = nullptr;
    for (const unit& one : units) {
        found = one.name == text ? &one : found;
    }
    if (found == nullptr) {
        return {0ns, text.empty() ? no_unit : "has an unknown unit"};
    }
    if (negative && number.digits != 0) {
        return {0ns, "is negative"};
    }
    const double count = *size * static_cast<double>(found->length.count());
    if (count > static_cast<double>(longest.count())) {
        return {0ns, "is longer than a year"};
    }
    return {nanoseconds(static_cast<std::int64_t>(count + 0.5)), {}};
}

void explain_duration(text_sink& to, std::string_view text, std::string_view problem) noexcept {
    to << '"' << text << "\" " << problem << "; write ";
    if (problem == no_unit && text.front() != '-') {
        to << text << 's';
    } else {
        to << "it as 500ms, 30s or 2m";
    }
}

}  // namespace lastcall::core
