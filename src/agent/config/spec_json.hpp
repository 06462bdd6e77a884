// A configuration as JSON: for applied.json, the journal, and what is compared. Every member
// is there; what is read back is equal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "agent/config/service_spec.hpp"

namespace lastcall::agent {

[[nodiscard]] nlohmann::json to_json(const host_spec& spec);
[[nodiscard]] nlohmann::json to_json(const service_spec& spec);
[[nodiscard]] nlohmann::json to_json(const socket_spec& spec);
[[nodiscard]] nlohmann::json to_json(const stop_spec& spec);
[[nodiscard]] nlohmann::json to_json(const limit_spec& spec);

/// Members that are not there keep their defaults, as those of an older version; unknown ones
/// are left, as those of a newer one.
/// Errors: config::settings_error with the path: another form.
[[nodiscard]] host_spec host_from_json(const nlohmann::json& from);
[[nodiscard]] service_spec service_from_json(const nlohmann::json& from);

/// A text of any bytes: itself where it is UTF-8, else {"bytes": "HEX"}. No two texts become
/// the same.
[[nodiscard]] nlohmann::json text_json(std::string_view text);

}  // namespace lastcall::agent
