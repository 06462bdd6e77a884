// Loops that nothing but a signal ends.
#pragma once

#include "lint/shell/execution.hpp"

namespace lastcall::lint {

/// Whether the condition can not become false: true, :, [ 1 ], sleep 60.
[[nodiscard]] bool is_endless(const shell::while_command& loop);

[[nodiscard]] bool is_inside(const shell::step& one, const shell::command& loop);

/// What leaves a loop: it waits for something then, and is not there to start a program again.
[[nodiscard]] bool leaves_loop(const shell::step& one);

/// The sleep of a loop that ends the script and does nothing else that lasts:
/// `while true; do sleep 60; done`. Null: there is no such loop.
/// Lifetime: the execution's.
[[nodiscard]] const shell::step* sleep_of_last_loop(const shell::script& whole,
                                                    const shell::execution& run);

}  // namespace lastcall::lint
