// The TCP sockets of this network namespace, asked of the kernel: sock_diag(7). Unlike
// /proc/net/tcp it is asked for one port, so its price does not grow with those of others.
// No privilege is needed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// States of RFC 9293, 3.3.2, as bits of a set.
enum class tcp_states : std::uint32_t {
    established = 1U << 1U,
    handshake = 1U << 3U,       ///< SYN-RECEIVED
    closed_by_peer = 1U << 8U,  ///< CLOSE-WAIT
    listening = 1U << 10U,
};
[[nodiscard]] constexpr tcp_states operator|(tcp_states a, tcp_states b) noexcept {
    return static_cast<tcp_states>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

struct tcp_line {
    int family = 0;                          ///< AF_INET, AF_INET6
    std::array<std::uint8_t, 16> address{};  ///< local, in the order of the network
    std::array<std::uint8_t, 16> peer{};     ///< likewise
    std::uint16_t local_port = 0;
    std::uint16_t peer_port = 0;
    std::uint32_t waiting = 0;  ///< bytes not yet read; listening: connections not accepted
    std::uint32_t room = 0;     ///< listening: connections that may wait
    std::uint32_t owner = 0;    ///< user id
    std::uint64_t inode = 0;    ///< 0: nobody has it, it is not accepted yet
    bool is_only_v6 = false;
};

class inet_diag {
public:
    /// Asks in the network namespace of the calling thread, as it is now.
    inet_diag() noexcept;

    /// False: the kernel has no sock_diag, or refuses it.
    [[nodiscard]] bool works() const noexcept { return static_cast<bool>(socket_); }

    using consumer = std::function<void(const tcp_line&)>;

    /// Hands every socket of `family` that is bound to `local_port` and in one of `states`
    /// to `give`. Returns: whether the list is whole. Blocks: for the kernel's walk.
    bool list(int family, std::uint16_t local_port, tcp_states states, const consumer& give);

private:
    unique_fd socket_;
    std::uint32_t asked_ = 0;
};

}  // namespace lastcall::sys
