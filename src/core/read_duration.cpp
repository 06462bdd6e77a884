#include "core/read_duration.hpp"

#include <cmath>
#include <cstdint>

#include "core/text_parts.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct unit {
    std::string_view name;
    nanoseconds length;
};

constexpr unit units[] = {{"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}};
constexpr std::string_view too_long = "is longer than a year";
constexpr std::string_view no_unit = "has no unit";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// "12.5" at the start of a text. Whole and fraction apart: a double has no room for the
// nanoseconds of half a year. std::from_chars is not used for the fraction: it brings
// locales and the heap into a static program.
struct decimal {
    std::uint64_t whole = 0;  ///< stops growing far above a year in any unit
    double fraction = 0;
    std::size_t length = 0;  ///< 0: the text begins with no number
};

decimal decimal_at(std::string_view text) noexcept {
    constexpr std::uint64_t enough = 1'000'000'000'000'000'000U;
    decimal found;
    for (; found.length < text.size() && is_digit(text[found.length]); ++found.length) {
        if (found.whole < enough) {
            found.whole = found.whole * 10 + static_cast<unsigned>(text[found.length] - '0');
        }
    }
    if (found.length == 0 || found.length == text.size() || text[found.length] != '.') {
        return found;
    }
    double place = 1;
    for (++found.length; found.length < text.size() && is_digit(text[found.length]);
         ++found.length) {
        place /= 10;
        found.fraction += place * (text[found.length] - '0');
    }
    return found;
}

}  // namespace

duration_read read_duration(std::string_view text, nanoseconds longest) noexcept {
    const bool is_negative = text.starts_with('-');
    if (is_negative) {
        text.remove_prefix(1);
    }
    const decimal number = decimal_at(text);
    if (number.length == 0) {
        return {0ns, "is not a duration"};
    }
    text.remove_prefix(number.length);
    const unit* found = nullptr;
    for (const unit& one : units) {
        found = one.name == text ? &one : found;
    }
    if (found == nullptr) {
        return {0ns, text.empty() ? no_unit : "has an unknown unit"};
    }
    if (is_negative) {
        return {0ns, "is negative"};
    }
    if (number.whole > static_cast<std::uint64_t>(longest / found->length)) {
        return {0ns, too_long};
    }
    const double part = number.fraction * static_cast<double>(found->length.count());
    const nanoseconds value =
        found->length * static_cast<std::int64_t>(number.whole) + nanoseconds(std::llround(part));
    if (value > longest) {
        return {0ns, too_long};
    }
    return {value};
}

void explain_duration(text_sink& to, std::string_view text, std::string_view problem) noexcept {
    to << '"' << text << "\" " << problem << "; write ";
    if (problem == no_unit && !text.starts_with('-')) {
        to << text << 's';
    } else {
        to << "it as 500ms, 30s or 2m";
    }
}

}  // namespace lastcall::core
