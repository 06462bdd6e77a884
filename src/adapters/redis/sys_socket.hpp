// The system calls of the Redis adapter: a stream socket with deadlines that another
// thread can cut.
//
// hiredis formats commands and parses replies; its own socket code is not used, because
// its timeouts begin anew with every read, and its write(2) on a socket that was shut
// raises SIGPIPE in a process that may not be ours to configure.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/endpoint.hpp"
#include "sys/fd.hpp"

namespace lastcall::redis {

using time_point = std::chrono::steady_clock::time_point;

enum class io {
    done,
    closed,   ///< by the server
    timeout,  ///< `until` passed
    cut,      ///< the cut event is set
    failed,   ///< errno says why
};

struct connected {
    io outcome = io::failed;
    sys::unique_fd fd;
    std::string error;  ///< the text of the last failure; empty when done
};

/// Connects, trying each address of the host in turn. The socket is non-blocking.
///
/// `cut_fd`  an eventfd; once it is set, every wait here ends with `cut`.
connected connect_to(const endpoint& to, time_point until, int cut_fd);

/// Sends everything. Raises no SIGPIPE.
io send_all(int fd, std::string_view bytes, time_point until, int cut_fd) noexcept;

/// Receives what there is, at least one byte when `done`.
io receive(int fd, std::span<char> into, std::size_t& received, time_point until,
           int cut_fd) noexcept;

/// Whether nothing has arrived on an idle connection: neither an end nor stray bytes.
bool is_quiet(int fd) noexcept;

/// shutdown(2) and close(2): the server sees the end at once, also if a child process
/// has inherited the socket.
void shut(sys::unique_fd& fd) noexcept;

/// <host>.<pid>.<16 random digits>: unique among all processes that share a server.
std::string instance_name();

}  // namespace lastcall::redis
