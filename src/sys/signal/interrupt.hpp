// Ctrl-C for a tool that has something to tidy up.
#pragma once

#include <atomic>

namespace lastcall::sys {

/// The first SIGINT or SIGTERM sets the flag; the second ends the process as usual. SIGPIPE ends
/// it no more: the write fails.
/// Returns: the flag, which lives as long as the program. Errors: none.
std::atomic<bool>& catch_interrupts() noexcept;

}  // namespace lastcall::sys
