// Which socket of an SO_REUSEPORT group a new connection goes to: socket(7).
#pragma once

#include <cstdint>
#include <optional>

namespace lastcall::sys {

/// New connections go to the socket with this place in the group, from the moment it returns;
/// the group is that of `socket`. SO_ATTACH_REUSEPORT_CBPF; no privilege is needed.
///
/// The places are in the order of listen(2). A socket that is closed or shut down leaves the
/// group, and the last one takes its place; where there is no socket at the place, the kernel
/// chooses by hash among all.
/// Returns: 0 or errno.
int steer_group(int socket, unsigned place) noexcept;

/// As `steer_group`, but connections from the client port `from` go to the socket at the place
/// `there`: somebody who has that port can look at a socket that nobody else is sent to.
int steer_group_but(int socket, unsigned place, std::uint16_t from, unsigned there) noexcept;

/// From now on the queue of a socket that leaves the group goes to another one of it, instead
/// of being reset. Handshakes under way go along. Until the next steer_group, new connections
/// go to any socket of the group.
///
/// Needs CAP_BPF, or net.ipv4.tcp_migrate_req=1 (then nothing is to be done).
/// Returns: 0 or errno (EPERM: neither).
int let_group_migrate(int socket) noexcept;

/// Whether a socket, of any family, is one that listens. False: it was shut down (TCP), or is none.
bool is_listening(int socket) noexcept;

/// How many connections wait at a TCP socket that listens. TCP_INFO, tcp(7).
struct queue_length {
    bool is_known = false;
    std::uint32_t waiting = 0;
    std::uint32_t room = 0;
};
queue_length tcp_queue(int socket) noexcept;
/// The same of a unix socket: sock_diag(7), UNIX_DIAG.
queue_length unix_queue(int socket) noexcept;

/// The file that a bound unix socket has made, as stat(2) numbers it; unset: it has none, or the
/// kernel does not tell. UNIX_DIAG_VFS. It may have been removed.
struct bound_file {
    std::uint32_t inode = 0;
    std::uint32_t device = 0;  ///< as the kernel writes it: major << 20 | minor
};
std::optional<bound_file> file_of_unix_socket(int socket) noexcept;

}  // namespace lastcall::sys
