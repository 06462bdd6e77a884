// What a command runs, command by command, and how long that takes at least.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// The commands of its script, or the one that it is.
[[nodiscard]] std::vector<shell::step> steps_of(const launch_chain& command);

/// The sum of what it sleeps for sure: not in a branch, a loop or the background, and without a
/// limit around it. What sleeps for good is milliseconds::max().
[[nodiscard]] std::chrono::milliseconds least_wait(const launch_chain& command);

/// "45", "2.5": seconds, for a text.
[[nodiscard]] std::string seconds_text(std::chrono::milliseconds value);

/// What of a limit is left over for the end of the process itself: a tenth, 2 s at least.
[[nodiscard]] std::chrono::milliseconds reserve_of(std::chrono::milliseconds limit);

}  // namespace lastcall::lint
