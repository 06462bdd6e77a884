// The lanes of a profile: `lanes:` of a contract file, or a file of its own.
#pragma once

#include <vector>

#include "config/yaml_map.hpp"
#include "drill/contract/settings.hpp"

namespace lastcall::drill {

/// A list of maps, each with `kind`. Errors: settings_error.
[[nodiscard]] std::vector<lane_plan> read_lanes(const YAML::Node& list,
                                                const config::yaml_place& at);

}  // namespace lastcall::drill
