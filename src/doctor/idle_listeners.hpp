// Listening sockets that a process was given (LISTEN_FDS, sd_listen_fds(3)) and does not use.
//
// Whoever starts a program may give it its socket in two ways at once. A program that binds by
// itself closes what it has bound as it stops, and knows nothing of descriptor 3, which goes on
// listening: that is no socket that the program has forgotten.
#pragma once

#include <cstddef>
#include <span>

#include "sys/socket/socket_table.hpp"

namespace lastcall::doctor {

/// How many of `lines` that listen are only open as descriptors that were given, in none of the
/// epoll(7) sets of the process. 0 where it has no such set: how it waits is not known then.
[[nodiscard]] std::size_t idle_listeners(int pid, std::span<const sys::socket_line> lines) noexcept;

}  // namespace lastcall::doctor
