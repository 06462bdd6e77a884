// Who ends all of it, and when: the limit that the platform sets for the stop of the agent
// and its services together.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/config/service_spec.hpp"
#include "core/budget_chain.hpp"

namespace lastcall::agent {

struct stop_limit {
    std::optional<nanoseconds> time;  ///< unset: nobody sets one, or it is not known
    std::string source;               ///< "TimeoutStopSec of lastcall.service"
    std::string setting;              ///< what to raise
    bool is_sure = true;              ///< false: a platform's default; the real one is not told
};

/// LASTCALL_GRACE, else the unit's TimeoutStopSec, else the default of the container platform
/// that this looks like: 10 s of docker and podman, 30 s of Kubernetes.
/// Errors: config::settings_error: LASTCALL_GRACE is no duration.
/// Blocks: up to a second (D-Bus).
[[nodiscard]] stop_limit find_stop_limit();

[[nodiscard]] core::budget_input budget_input_of(const host_spec& host, const stop_limit& limit);

}  // namespace lastcall::agent
