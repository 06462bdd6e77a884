// The chain of times of a stop, from the program to who kills it. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

struct budget_link {
    std::string who;  ///< "gunicorn", "unit orders.service"
    /// What it takes at most, or grants; max(): without end; unset: not known.
    std::optional<std::chrono::nanoseconds> time;
    std::string source;      ///< "--graceful-timeout", "TimeoutStopUSec"
    bool is_broken = false;  ///< it grants less than what is inside of it needs
};

/// From the inside to the outside.
[[nodiscard]] std::vector<budget_link> make_budget(const seen& of);

/// "30 s", "90 s", "1.5 s", "without end", "not known".
[[nodiscard]] std::string budget_text(const std::optional<std::chrono::nanoseconds>& time);

}  // namespace lastcall::doctor
