// The TCP sockets of this network namespace, asked of the kernel: sock_diag(7). Unlike
// /proc/net/tcp it is asked for one port, so its price does not grow with those of others.
// No privilege is needed.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// States of RFC 9293, 3.3.2, as bits of a set.
enum class tcp_states : std::uint32_t {
    established = 1U << 1U,
    syn_sent = 1U << 2U,
    handshake = 1U << 3U,  ///< SYN-RECEIVED
    fin_wait1 = 1U << 4U,
    fin_wait2 = 1U << 5U,
    closed_by_peer = 1U << 8U,  ///< CLOSE-WAIT
    last_ack = 1U << 9U,
    listening = 1U << 10U,
    closing = 1U << 11U,
};
[[nodiscard]] constexpr tcp_states operator|(tcp_states a, tcp_states b) noexcept {
    return static_cast<tcp_states>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

struct tcp_line {
    int family = 0;                          ///< AF_INET, AF_INET6
    std::uint8_t state = 0;                  ///< its number: the bit of tcp_states
    std::uint8_t timer = 0;                  ///< 4: the peer's window is closed, and it is probed
    std::uint32_t interface_index = 0;       ///< 0: any
    std::array<std::uint32_t, 2> cookie{};   ///< of this socket, and of no other
    std::array<std::uint8_t, 16> address{};  ///< local, in the order of the network
    std::array<std::uint8_t, 16> peer{};     ///< likewise
    std::uint16_t local_port = 0;
    std::uint16_t peer_port = 0;
    std::uint32_t waiting = 0;  ///< bytes not yet read; listening: connections not accepted
    std::uint32_t room = 0;   ///< bytes not yet acknowledged; listening: connections that may wait
    std::uint32_t owner = 0;  ///< user id
    std::uint64_t inode = 0;  ///< 0: nobody has it, it is not accepted yet
    bool is_only_v6 = false;

    [[nodiscard]] bool is(tcp_states one) const noexcept {
        return (1U << state & static_cast<std::uint32_t>(one)) != 0;
    }
};

/// AF_INET and AF_INET6.
extern const std::array<int, 2> tcp_families;

/// "127.0.0.1:80", "[::1]:80"; an IPv4 address inside of IPv6 as itself.
[[nodiscard]] std::string local_text(const tcp_line& line);
[[nodiscard]] std::string peer_text(const tcp_line& line);

/// What tcp(7) tells of a connection in TCP_INFO.
struct tcp_detail {
    std::chrono::milliseconds since_sent{0};      ///< the last data that we have sent
    std::chrono::milliseconds since_received{0};  ///< likewise
    std::uint64_t acknowledged = 0;               ///< bytes of ours
    std::uint64_t sent = 0;                       ///< bytes of ours, also those sent again
    std::uint64_t received = 0;                   ///< bytes of the peer
    std::uint32_t segments_sent = 0;              ///< those with data
    std::uint32_t segments_received = 0;          ///< likewise
    std::uint32_t not_sent = 0;                   ///< bytes that wait for room
    bool is_window_closed = false;                ///< the peer takes nothing, as of now
};

class inet_diag {
public:
    /// Asks in the network namespace of the calling thread, as it is now.
    inet_diag() noexcept;
    /// In that of process `pid`; entering another one than ours needs CAP_SYS_ADMIN.
    explicit inet_diag(int pid) noexcept;

    /// False: the kernel has no sock_diag, or refuses it.
    [[nodiscard]] bool works() const noexcept { return static_cast<bool>(socket_); }

    using consumer = std::function<void(const tcp_line&)>;

    /// Hands every socket of `family` that is bound to `local_port` and in one of `states`
    /// to `give`. Returns: whether the list is whole. Blocks: for the kernel's walk.
    /// `local_port`  0: any
    bool list(int family, std::uint16_t local_port, tcp_states states, const consumer& give);

    /// One connection that was listed, as it is now: the kernel finds it without a walk.
    /// Unset: it is gone, or the kernel does not tell.
    [[nodiscard]] std::optional<tcp_line> again(const tcp_line& one);

    /// Likewise, what is known of it besides.
    [[nodiscard]] std::optional<tcp_detail> detail_of(const tcp_line& one);

private:
    /// What the kernel says of the connection, with its TCP_INFO; empty: nothing.
    /// Lifetime: that of `room`.
    [[nodiscard]] std::string_view ask_for(const tcp_line& one, std::span<char> room);
    void open() noexcept;
    [[nodiscard]] bool send(const void* request, std::size_t size) noexcept;

    unique_fd socket_;
    std::uint32_t asked_ = 0;
};

}  // namespace lastcall::sys
