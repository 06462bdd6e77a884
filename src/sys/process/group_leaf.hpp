// Who makes cgroups of version 2 beside itself must not be in the group above them: "no internal
// processes", cgroups(7). So it moves into a leaf of its own there first.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::sys {

/// The leaf's name. Who is in it makes its groups beside it, not below.
inline constexpr std::string_view leaf_name = "lastcall.keeper";

/// "/system.slice/lastcall.service" of that, and of the leaf in it.
[[nodiscard]] std::string_view above_leaf(std::string_view path) noexcept;

/// Moves this process and its descendants that are in the group with this folder into the leaf
/// there. Nobody else may be in that group.
/// Returns: why it could not be done, for people, and all are where they were; empty: it is done.
[[nodiscard]] std::string move_into_leaf(const std::string& folder);

/// The same, and enables a controller ("memory") for the groups beside the leaf.
[[nodiscard]] std::string enable_beside_leaf(const std::string& folder,
                                             const std::string& controller);

}  // namespace lastcall::sys
