// What a server's kernel answers, read off the wire: packet(7). Only the segments that
// begin, end or break connections, so that the price does not grow with the traffic; and only
// what arrives, so that a loopback packet is seen once. Needs CAP_NET_RAW.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::sys {

/// A segment with SYN, FIN or RST that came from the server.
struct tcp_segment {
    std::uint16_t to_port = 0;  ///< of the client
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;  ///< only with has_ack
    bool has_fin = false;
    bool has_syn = false;
    bool has_rst = false;
    bool has_ack = false;
};

class packet_tap {
public:
    /// Taps what comes from `server`, on every interface of the calling thread's network
    /// namespace. An unspecified address stands for all. Errors: none, see works().
    explicit packet_tap(const endpoint& server) noexcept;

    /// False: no privilege, or no such socket in this kernel.
    [[nodiscard]] bool works() const noexcept { return static_cast<bool>(socket_); }
    [[nodiscard]] int fd() const noexcept { return socket_.get(); }

    /// The next that waits; unset when none does. A segment is here before a socket of this
    /// machine tells what it did.
    std::optional<tcp_segment> next() noexcept;

    /// Segments that the kernel had no room for, since the last call.
    std::uint32_t lost() noexcept;

private:
    unique_fd socket_;
    int family_ = 0;
};

}  // namespace lastcall::sys
