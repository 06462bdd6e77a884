// A listening unix(7) socket with a path, and who is at the other end of a connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// The file that a bound socket has made.
struct socket_file {
    std::string path;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
};

/// A non-blocking listening stream socket at `path`, mode 0600 from its first moment on.
///
/// A socket file that nobody answers at is replaced. Two processes that do so at the same
/// time do it one after the other: the folder is locked meanwhile (flock(2)).
/// Errors: std::invalid_argument (the path is too long); std::system_error naming the path:
///         EADDRINUSE when somebody answers there, EEXIST when it is no socket.
unique_fd listen_unix(const std::string& path, int backlog, socket_file& made);

/// Removes the file unless another one has taken its place, as that of a successor.
void remove_socket_file(const socket_file& one) noexcept;

/// Who has called connect(2) or, at the client's side, listen(2). SO_PEERCRED.
struct peer_identity {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    int pid = 0;
};

/// Returns: nothing for what is no unix socket.
std::optional<peer_identity> identity_of_peer(int fd) noexcept;

}  // namespace lastcall::sys
