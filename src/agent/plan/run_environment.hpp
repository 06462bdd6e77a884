// The environment of a generation: the agent's own, the files', and what the configuration
// says, each over the one before.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/config/service_spec.hpp"
#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

using variable_map = std::map<std::string, std::string>;

/// What of this process's environment a service may have: not what was meant for the agent
/// (its sockets, its unit), which changes from one run of the agent to the next.
[[nodiscard]] variable_map inheritable_environment();

/// `base`  inheritable_environment(); left out where the service clears it, but for PATH
/// HOME, USER and LOGNAME are those of `user`, where one is given.
/// Errors: config::settings_error: an environment file cannot be read, or is wrong.
[[nodiscard]] variable_map environment_of(const service_spec& spec, const variable_map& base,
                                          const surroundings& here);

/// "NAME=value", sorted: what execve(2) and the keeper take.
[[nodiscard]] std::vector<std::string> entries_of(const variable_map& of);

}  // namespace lastcall::agent
