// The filter that tells the keeper of a program's bind(2) and listen(2): seccomp(2),
// seccomp_unotify(2). The child installs it between fork and execve, and the descriptor at which
// the calls are answered goes to the parent.
//
//     // parent: socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), fork
//     // child:                                        // parent:
//     close(pair[0]);                                  close(pair[1]);
//     if (!send_bind_filter(pair[1], {}).is_there())   auto got = receive_bind_filter(pair[0]);
//         _exit(...);                                  if (!got.result.is_there()) describe(...)
//     setgid, setuid, execve                           bind_interceptor(got.listener, sockets)
//
// It belongs before the change of user: whoever has CAP_SYS_ADMIN then needs no no_new_privs,
// and setuid programs keep working inside the service. All that the child starts is under the
// filter too, as long as it lives.
#pragma once

#include <cstdint>
#include <string>

#include "sys/fd.hpp"
#include "sys/intercept/filter_program.hpp"

namespace lastcall::sys {

struct filter_result {
    enum class step : std::uint8_t {
        none,           ///< the filter is there
        no_new_privs,   ///< prctl(2) refused it
        filter,         ///< seccomp(2) refused it
        hand_over,      ///< the descriptor could not be sent
        child_is_gone,  ///< the child ended before it could say anything
    };
    step failed = step::none;
    int error = 0;  ///< errno
    /// The process gave up setuid programs and file capabilities for good, because it has no
    /// CAP_SYS_ADMIN.
    bool has_no_new_privs = false;

    [[nodiscard]] bool is_there() const noexcept { return failed == step::none; }
};

/// Why the filter is not there, and what can be done about it.
[[nodiscard]] std::string describe(const filter_result& result);

/// Installs the filter in the calling thread; `listener` is where its calls are answered. Until
/// somebody does, bind waits: the caller must not call it itself.
/// Threads: before there is a second one. Async-signal-safe.
filter_result install_bind_filter(filter_options options, unique_fd& listener) noexcept;

/// The same, and sends the listener through `socket`, one end of a unix(7) pair; or the reason
/// why there is none. Async-signal-safe.
filter_result send_bind_filter(int socket, filter_options options) noexcept;

/// The same, and leaves a copy of the listener in the child: a keeper that was killed can be
/// replaced by one that takes it from there.
filter_result send_bind_filter(int socket, filter_options options, unique_fd& listener) noexcept;

struct received_filter {
    unique_fd listener;  ///< close-on-exec; for bind_interceptor
    filter_result result;
};

/// The parent's end. Its copy of the child's end must be closed, else the end of a child that
/// never came so far is not seen. Blocks: until the child has sent, or ended.
[[nodiscard]] received_filter receive_bind_filter(int socket) noexcept;

}  // namespace lastcall::sys
