// A configuration that is good, as `lastcall check` shows it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "agent/config/read_host.hpp"
#include "core/budget_chain.hpp"

namespace lastcall::agent {

/// Services in the order of their start: what runs as whom, its sockets, when it is ready.
[[nodiscard]] std::string host_text(const host_spec& host, const surroundings& here);

/// docs/lastcall-yaml.md describes it.
[[nodiscard]] nlohmann::json check_json(const host_reading& read, const core::budget_chain* stop);

}  // namespace lastcall::agent
