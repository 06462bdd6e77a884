// What systemd and docker say about who is to stop, by their own programs.
#pragma once

#include <optional>
#include <string>

#include "doctor/look/platform.hpp"

namespace lastcall::cli {

/// `name`   with its type: "web.service"
/// Errors:  problem: there is none, or systemd cannot be asked.
/// Blocks:  for its answer.
[[nodiscard]] doctor::platform_facts facts_of_unit(const std::string& name);

/// Errors:  problem: there is none, it does not run, or docker cannot be asked.
/// Blocks:  for its answer.
[[nodiscard]] doctor::platform_facts facts_of_container(const std::string& name);

/// How often it was started again. Unset: the platform keeps no count, or cannot be asked any more.
[[nodiscard]] std::optional<int> restarts_of(const doctor::platform_facts& of);

}  // namespace lastcall::cli
