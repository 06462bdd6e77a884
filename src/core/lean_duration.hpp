// The durations of <lastcall/duration.hpp>, for code without exceptions and heap.
#pragma once

#include <chrono>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::core {

/// A duration, or what is wrong with its text.
struct lean_duration {
    std::chrono::nanoseconds value{0};
    std::string_view problem;  ///< "has no unit", "is negative", ...; empty: it is good

    [[nodiscard]] bool is_good() const noexcept { return problem.empty(); }
};

/// Reads "500ms", "30s", "2m", "1h", also "1.5s" and "50us": the grammar, the limits and
/// the words for what is wrong of `lastcall::parse_duration`.
[[nodiscard]] lean_duration parse_lean_duration(std::string_view text) noexcept;

/// Writes `"10" has no unit; write 10s`.
void explain_duration(text_sink& to, std::string_view text, std::string_view problem) noexcept;

}  // namespace lastcall::core
