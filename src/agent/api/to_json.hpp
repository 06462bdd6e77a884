// The agent's values as docs/agent-api.yaml describes them.
#pragma once

#include <nlohmann/json.hpp>

#include "agent/journal/journal.hpp"
#include "agent/view.hpp"

namespace lastcall::agent {

[[nodiscard]] nlohmann::json to_json(const agent_view& value);
[[nodiscard]] nlohmann::json to_json(const service_view& value);
[[nodiscard]] nlohmann::json to_json(const deploy_view& value);
[[nodiscard]] nlohmann::json to_json(const journal_row& value);
[[nodiscard]] nlohmann::json to_json(const actor& value);

/// As text; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string text_of(const nlohmann::json& value);

}  // namespace lastcall::agent
