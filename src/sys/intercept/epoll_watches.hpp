// The epoll(7) sets of another process in which one of its descriptors is.
//
// Boost.Asio puts a socket into its epoll set when it is opened, long before bind(2). An entry
// belongs to the number and to the socket behind it, so with the socket it would be gone, and
// the program would wait for connections for ever.
#pragma once

#include <cstdint>
#include <vector>

#include "sys/fd.hpp"
#include "sys/intercept/calling_thread.hpp"

namespace lastcall::sys {

struct epoll_watch {
    int set = -1;    ///< the descriptor of the set in the process
    unique_fd copy;  ///< of the set; empty where pidfd_getfd(2) is forbidden
    std::uint32_t events = 0;
    std::uint64_t data = 0;
};

[[nodiscard]] std::vector<epoll_watch> watches_of(const calling_thread& thread, int fd);

/// Adds `own` to the set as if its process had done it under the number `theirs`, so that the
/// process can change and remove the entry. Returns: 0 or errno.
/// Blocks: for one fork, in whose child our descriptors are free to be renumbered.
[[nodiscard]] int watch_as(const epoll_watch& watch, int own, int theirs) noexcept;

}  // namespace lastcall::sys
