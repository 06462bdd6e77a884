// Reads durations, without exceptions and heap. `lastcall::parse_duration` is this with an
// exception, and lastcall-init uses it as it is.
#pragma once

#include <chrono>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::core {

/// A duration, or what is wrong with its text.
struct duration_read {
    std::chrono::nanoseconds value{0};
    std::string_view problem{};  ///< "has no unit", "is negative", ...; empty: it is good

    [[nodiscard]] bool is_good() const noexcept { return problem.empty(); }
};

inline constexpr std::chrono::nanoseconds a_year = std::chrono::hours(24 * 365);

/// Reads "500ms", "30s", "2m", "1h", also "1.5s" and "50us". Exact to the nanosecond.
/// `longest`  up to 200 years; a moment on CLOCK_MONOTONIC may well be above a year.
[[nodiscard]] duration_read read_duration(std::string_view text,
                                          std::chrono::nanoseconds longest = a_year) noexcept;

/// Writes `"10" has no unit; write 10s`.
void explain_duration(text_sink& to, std::string_view text, std::string_view problem) noexcept;

}  // namespace lastcall::core
