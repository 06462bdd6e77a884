// What stands in front of an entry script that is looked at by itself.
#pragma once

#include <filesystem>

namespace lastcall::lint {

/// The Dockerfile beside the script, or in one of the two folders above it, begins with an init
/// that signals all that is below it, and comes to this script.
[[nodiscard]] bool has_group_init_in_front(const std::filesystem::path& script);

}  // namespace lastcall::lint
