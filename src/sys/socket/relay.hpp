// The last resort for connections that nobody is there to accept: a process that accepts them
// and carries the bytes to whoever has the address now.
//
// Where the kernel can move a queue from one socket to another, that is better in every way:
// here the service sees the relay's address instead of the client's.
#pragma once

#include <chrono>

#include "sys/socket/listener_address.hpp"

namespace lastcall::sys {

/// Forks a process that accepts at `listener` what waits there now, or comes within `window`,
/// and carries it to `to`. It ends when the last connection has ended.
/// Returns: its pid, a child of ours; -1 and errno.
int start_relay(int listener, const listener_address& to, std::chrono::milliseconds window);

/// It accepts nothing more: somebody is there who does, and what it connects to might be itself.
/// What it has, it carries to its end. Returns soon; within 20 ms it may take one more.
void end_window(int relay) noexcept;

}  // namespace lastcall::sys
