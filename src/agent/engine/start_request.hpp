// What the keeper is told so that it starts a generation.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/engine/generation.hpp"
#include "agent/engine/host.hpp"

namespace lastcall::agent {

/// The program goes along as a descriptor, unless it is a script: `plan.held`.
/// `addresses`  of the service's sockets as bound, by name
/// Errors: std::runtime_error: the program or a script has changed since it was looked at; an
///         environment file cannot be read.
[[nodiscard]] wire::keeper_message make_start_request(
    const generation& one, const std::map<std::string, std::string>& addresses, const host& at);

/// Names only: values may be secrets, and the journal is for more eyes than the program.
[[nodiscard]] nlohmann::json environment_keys(const service_spec& of);

/// Of the row `generation_started`.
[[nodiscard]] nlohmann::json started_fields(const generation& one, const std::string& handover);

}  // namespace lastcall::agent
