// Who is looked at: a server that waits for connections, and handles SIGTERM.
#pragma once

#include <cstdint>
#include <vector>

#include "helper.hpp"

namespace doctor_bench {

struct open_port {
    int listener = -1;
    std::uint16_t number = 0;
};

/// A TCP port of the loopback that nobody else has.
/// Errors: std::system_error.
[[nodiscard]] open_port listen_anywhere();

/// Makes connections to it and accepts them; both ends stay open.
/// Errors: std::system_error.
void hold_connections(const open_port& at, int count);

struct subject {
    std::vector<helper> clients;
    helper server;  ///< the last process of the host
    [[nodiscard]] std::uint16_t port() const noexcept {
        return static_cast<std::uint16_t>(server.told());
    }
};

/// `connections`   that others have to it
/// `has_outbound`  it has a UNIX socket, and a connection to somebody else
/// Errors: std::runtime_error, std::system_error.
[[nodiscard]] subject make_subject(int connections, bool has_outbound = false);

}  // namespace doctor_bench
