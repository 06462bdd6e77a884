// How long a stop may take, and who says so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/report.hpp>

#include "core/plan.hpp"

namespace lastcall::core {

/// Everything that may know the grace period; unset where it does not.
struct grace_sources {
    std::optional<duration> code;
    std::optional<std::string> environment;      ///< LASTCALL_GRACE, as text
    std::optional<std::string> keeper_deadline;  ///< LASTCALL_DEADLINE: CLOCK_MONOTONIC, as text
    duration monotonic_now{0};                   ///< to make the keeper's deadline relative
    std::optional<duration> systemd;             ///< TimeoutStopSec of this unit; max(): infinity
};

struct grace {
    duration total{0};
    std::string source;  ///< "code", "LASTCALL_GRACE", "keeper", "systemd" or "default"
    duration reserve{0};

    [[nodiscard]] duration deadline() const noexcept { return total - reserve; }

    /// "15s from LASTCALL_GRACE minus a reserve of 750ms"
    [[nodiscard]] std::string origin() const;
};

inline constexpr duration default_grace = std::chrono::seconds(30);

/// What a stop gets at least, even where the keeper says that nothing is left: long enough
/// for what is forced to end.
inline constexpr duration least_time = std::chrono::milliseconds(100);

/// The grace once `requests` have come: the keeper sends the time that is left, which
/// counts where it ends the stop earlier. The reserve is kept back from that too, but never
/// more than half of it.
grace in_force(const grace& own, const std::vector<stop_request>& requests);

/// Takes the first source that exists, and keeps the reserve back: `reserve`, or 5 % and
/// at least 500 ms, but never more than half.
///
/// Errors: std::invalid_argument: a text that is not a duration, a grace that is not above
///         zero, a reserve that leaves nothing; with the value and where it came from.
grace choose_grace(const grace_sources& sources, std::optional<duration> reserve);

}  // namespace lastcall::core
