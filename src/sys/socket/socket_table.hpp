// The sockets of one process: which of its descriptors are sockets, and what the tables of
// its network namespace say about them. One pass over the descriptors and one over each
// table, however many there are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {

/// Below this, a port was chosen by somebody: services listen there
/// (/proc/sys/net/ipv4/ip_local_port_range).
inline constexpr std::uint16_t first_ephemeral_port = 32768;

enum class socket_kind : std::uint8_t { tcp, udp, unix_path };

enum class socket_state : std::uint8_t {
    listening,
    connected,
    closed_by_peer,  ///< CLOSE_WAIT: the peer has closed, the process has not
    closing,         ///< every other state of TCP that is neither
    bound,           ///< a datagram socket without a peer
};

struct socket_line {
    socket_kind kind = socket_kind::tcp;
    socket_state state = socket_state::bound;
    short_text<112> local;  ///< "127.0.0.1:80", "[::1]:80", a path, "@name"
    short_text<56> peer;    ///< of a connected one over IP
    std::uint16_t local_port = 0;
    std::uint16_t peer_port = 0;
    std::uint64_t inode = 0;
    std::uint64_t waiting = 0;  ///< bytes not yet read; listening: connections not accepted
    bool is_client = false;     ///< it came to us, as far as the ports tell
};

struct socket_counts {
    std::size_t listening = 0;
    std::size_t connected = 0;  ///< to a peer over IP, or over a socket with a path
    std::size_t clients = 0;    ///< of these: came to us, as far as the ports tell
    std::size_t closed_by_peer = 0;
    std::size_t other = 0;
    std::size_t lines = 0;    ///< filled in the output: listening ones come first
    bool is_readable = true;  ///< false: its descriptors may not be looked at
    bool is_complete = true;  ///< false: the deadline came first, or there were too many
};

/// Looks at the sockets of a process. `into` takes the first of them; the counts are of all.
/// `until`   on the monotonic clock
[[nodiscard]] socket_counts read_sockets(int pid, std::span<socket_line> into,
                                         std::chrono::nanoseconds until) noexcept;

/// One line of /proc/PID/net/{tcp,tcp6,udp,udp6}; unset when it is none.
[[nodiscard]] std::optional<socket_line> parse_inet_line(std::string_view line,
                                                         socket_kind kind) noexcept;
/// One line of /proc/PID/net/unix; unset when it is none.
[[nodiscard]] std::optional<socket_line> parse_unix_line(std::string_view line) noexcept;

}  // namespace lastcall::sys
