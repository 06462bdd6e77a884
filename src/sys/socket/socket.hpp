// TCP sockets of a server: listen, accept, and the details of ending well.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Where to listen: "127.0.0.1:8080", "[::1]:8080", "*:8080" (all, both families).
struct listen_address {
    std::string host;  ///< numeric; empty: all
    std::uint16_t port = 0;
};

/// Errors: std::invalid_argument with the text and what is wrong with it.
listen_address parse_listen_address(std::string_view text);

/// A non-blocking listening socket, SO_REUSEADDR.
/// Errors: std::system_error naming the address ("address already in use" among them).
unique_fd listen_tcp(const listen_address& at, int backlog);

/// Takes over a descriptor that is a listening TCP socket already, handed in by whoever
/// started this process; makes it non-blocking and close-on-exec.
/// Errors: std::system_error: it is none.
unique_fd take_listener(int fd);

/// The port a socket is bound to.
std::uint16_t local_port(int fd);

/// "127.0.0.1:40322" of the other end; empty when it is gone.
std::string peer_name(int fd);

enum class accept_outcome { accepted, none_waiting, no_descriptors, failed };

/// Takes one connection, non-blocking and with TCP_NODELAY. A connection that its client
/// has given up meanwhile is skipped (accept(2), ECONNABORTED).
accept_outcome accept_connection(int listener, unique_fd& into) noexcept;

/// Lets the listener drop every SYN from now on, while handshakes that are under way
/// still complete, so that what completes can be accepted before the listener closes.
/// Only for a socket that no other process shares. socket(7), SO_ATTACH_FILTER.
/// Returns: false where the kernel refuses.
bool drop_new_handshakes(int listener) noexcept;

/// The smoothed round-trip time; 0 for what is no TCP connection. tcp(7), TCP_INFO.
std::chrono::microseconds round_trip_time(int fd) noexcept;

/// Bytes that have arrived and were not read. ioctl_tcp, SIOCINQ.
std::size_t bytes_waiting(int fd) noexcept;

/// Whether the other end has acknowledged everything sent, the FIN included. SIOCOUTQ.
bool all_acknowledged(int fd) noexcept;

/// Makes the next close send RST: a cut must not look like the proper end of a body that
/// only the end of the connection delimits. SO_LINGER, socket(7).
void reset_on_close(int fd) noexcept;

/// Sends FIN; reading goes on. shutdown(2). Never on a listening socket.
void shutdown_writing(int fd) noexcept;

struct transfer {
    enum class kind : unsigned char { done, would_block, end, error };
    kind what;
    std::size_t bytes = 0;
};

transfer receive(int fd, char* into, std::size_t room) noexcept;

/// Sends `head` and `body` with one call.
transfer send_two(int fd, std::string_view head, std::string_view body) noexcept;

}  // namespace lastcall::sys
