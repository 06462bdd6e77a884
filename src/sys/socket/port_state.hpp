// A TCP port of this machine after its server: who still has sockets on it, and whether it
// can be bound again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sys/socket/socket_client.hpp"

namespace lastcall::sys {

/// A TCP socket with this local port, as /proc/net/tcp has it.
struct port_socket {
    std::string local;  ///< "127.0.0.1:80"
    std::string peer;
    int state = 0;            ///< 1 ESTABLISHED, 4 FIN_WAIT1, 8 CLOSE_WAIT, 10 LISTEN: tcp_states.h
    std::uint64_t inode = 0;  ///< 0: no process has it (any more, or not yet)
    std::uint64_t unsent = 0;
    std::uint64_t unread = 0;
};

[[nodiscard]] std::string_view name_of_tcp_state(int state) noexcept;

/// All sockets of our network namespace with this local port; those in TIME_WAIT are left out.
[[nodiscard]] std::vector<port_socket> sockets_of_port(std::uint16_t port);

/// Whether the two processes have the same network namespace; true when it can not be read.
[[nodiscard]] bool shares_network_with_us(int pid);

/// Binds the address and lets go of it at once; does not listen, so that no client can
/// notice. Returns: 0 or errno (EADDRINUSE).
/// `reuses`  with SO_REUSEADDR, as servers do
[[nodiscard]] int try_bind(const endpoint& at, bool reuses) noexcept;

}  // namespace lastcall::sys
