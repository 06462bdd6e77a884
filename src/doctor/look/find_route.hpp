// Whom the platform signals, and the way from there to who does the work.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "doctor/look/look.hpp"

namespace lastcall::doctor {

/// With `root` in front; parents before their children.
[[nodiscard]] std::vector<int> tree_of(int root, std::size_t at_most);

/// `pid` is `top`, or descends from it.
[[nodiscard]] bool is_below(int pid, int top);

/// The process that has a socket which listens at this port: of several the one that the others
/// descend from. Errors: look_error: nobody listens, or it may not be seen who.
[[nodiscard]] int owner_of_port(std::uint16_t port);

/// Somebody who has a socket of its own at this port, which is none of `known`. 0: it may not be
/// seen who. Unset: nobody.
[[nodiscard]] std::optional<int> other_at_port(std::uint16_t port, const snapshot& known);

/// Whoever has to be signalled so that `pid` ends, as far as that can be told: the first process of
/// its container, or the shell or launcher that was put in front of it.
[[nodiscard]] int entry_above(int pid);

/// From `entry` to the nearest process below it that listens; where none does, through what only
/// starts others.
[[nodiscard]] std::vector<int> route_from(int entry);

}  // namespace lastcall::doctor
