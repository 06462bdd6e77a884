// What the agent was told to run, kept so that the next agent goes on with it.
#pragma once

#include <optional>
#include <string>

#include "agent/config/service_spec.hpp"
#include "agent/places.hpp"

namespace lastcall::agent {

/// Replaces places::applied(), mode 0600: it holds the environment, which the journal must not.
/// Returns: its digest. Errors: std::system_error; what was applied before is there then.
std::string save_applied(const places& where, const host_spec& what);

/// Unset: nothing was applied yet. Errors: std::runtime_error with the file and the reason.
[[nodiscard]] std::optional<host_spec> load_applied(const places& where);

}  // namespace lastcall::agent
