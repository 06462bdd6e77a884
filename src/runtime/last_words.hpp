// What the watchdog says before it ends the process: what is inside every gate, which
// step runs, and the stacks of the threads concerned. It takes no lock, allocates
// nothing until the very end, and never waits for a reader.
#pragma once

#include <chrono>
#include <string_view>

#include "runtime/step_board.hpp"

namespace lastcall::runtime {

/// Writes the explanation to standard error, by `until` at the latest, stacks last.
void explain_what_is_left(std::string_view service, const step_board& steps,
                          std::chrono::steady_clock::time_point until) noexcept;

}  // namespace lastcall::runtime
