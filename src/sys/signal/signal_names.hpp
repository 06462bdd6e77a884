// Names of signals, both ways, without the heap.
#pragma once

#include <string_view>

namespace lastcall::sys {

/// "SIGTERM", "SIGRTMIN+3", "SIGRTMAX"; "SIG32" for the two that the C library keeps for
/// itself; empty for what is no signal. Lifetime: the program's.
[[nodiscard]] std::string_view signal_name(int number) noexcept;

/// Reads "TERM", "SIGTERM", "term", "15", "RTMIN+3", "RTMAX-1".
/// Returns: 0 for anything that is not the name of a signal that programs may use.
[[nodiscard]] int signal_number(std::string_view name) noexcept;

}  // namespace lastcall::sys
