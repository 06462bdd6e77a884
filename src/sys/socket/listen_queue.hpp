// The line in front of a server: who listens at an address, and how many connections wait
// to be accepted. Seen from outside, without touching the process.
#pragma once

#include <cstdint>
#include <vector>

#include "sys/socket/inet_diag.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::sys {

struct listener_facts {
    bool is_known = false;      ///< false: the kernel did not tell, the rest says nothing
    std::uint32_t waiting = 0;  ///< connections that are not accepted yet, of all of them
    std::uint32_t backlog = 0;  ///< how many may wait, of all of them
    std::uint32_t owner = 0;    ///< user id of the first
    /// One for each socket: with SO_REUSEPORT there are several. As in /proc/PID/fd.
    std::vector<std::uint64_t> inodes;

    [[nodiscard]] bool listens() const noexcept { return !inodes.empty(); }
};

/// The sockets that a connection to `at` can reach: bound to its address, or to all.
/// In the network namespace of `ask`. Blocks: for some microseconds.
[[nodiscard]] listener_facts listener_state(inet_diag& ask, const endpoint& at);

/// The same, once: in the network namespace of the calling thread.
[[nodiscard]] listener_facts listener_state(const endpoint& at);

}  // namespace lastcall::sys
