// What a program has set on a socket before bind(2), carried over to the one that takes its
// place.
#pragma once

#include <string>

namespace lastcall::sys {

/// Sets on `to` what differs on `from` and would matter there: what accepted connections
/// inherit (TCP_NODELAY, keep-alive, buffers, congestion control, ...) and how accept waits.
/// Returns: the names of those that could not be set, as a list; empty when all were.
[[nodiscard]] std::string carry_options_over(int from, int to);

/// Of what can not be carried over, what `socket` has: a device that it is bound to, a BPF
/// filter. Empty when there is nothing.
[[nodiscard]] std::string options_that_stay_behind(int socket);

}  // namespace lastcall::sys
