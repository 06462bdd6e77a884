// Which system calls the keeper is told of, as a program of classic BPF: seccomp(2).
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstddef>

namespace lastcall::sys {

struct filter_options {
    /// Also unlink(2) and rename(2): a service that has sockets with a path may remove the
    /// path under which its successor is served already. Only then, for each of these calls
    /// takes the way over the keeper.
    bool guards_paths = false;
};

/// For the native ABI of this machine; calls of another one (i386, x32) pass. The data path is
/// not in it: the kernel finds once that a call always passes, and then no longer asks.
struct filter_program {
    std::array<sock_filter, 40> code{};
    std::size_t size = 0;
};

/// Async-signal-safe.
[[nodiscard]] filter_program make_filter_program(filter_options options) noexcept;

}  // namespace lastcall::sys
