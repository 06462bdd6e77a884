// Files and variables in ConfigMaps: each file is judged as the one that it is for whoever mounts
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/rules/families.hpp"
#include "lint/rules/kubernetes/manifest.hpp"

namespace lastcall::lint {

/// What is found stands at its line of the manifest. Budgets go to the chain.
void judge_config_maps(const manifest& all, const family_input& input, file_report& into);

/// A budget that the key of a ConfigMap is for those that have it as a variable goes to the chain.
/// `value`  its text
/// `where`  it stands
void digest_map_variable(std::string_view name, std::string_view key, std::string_view value,
                         const kept_place& where, digest_store& into);

/// Where a container has the ConfigMaps of its folder: those that it mounts, and its variables.
/// `folder`  of the manifest, a whole path
[[nodiscard]] std::vector<copied_path> mounts_of(const yaml_ref& pod, const yaml_ref& container,
                                                 std::string_view folder);

}  // namespace lastcall::lint
