// Whether the kernel killed somebody for want of memory: cgroups(7), memory.events.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// The count of out-of-memory kills in the cgroup of this process, as of version 2
/// (memory.events, `oom_kill`) or version 1 (memory.oom_control, `oom_kill`).
class oom_counter {
public:
    /// Finds and opens the file. Empty where there is none: the root cgroup has none, and
    /// a container may not show it.
    oom_counter() noexcept;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// Kills so far; unset when it cannot be read.
    [[nodiscard]] std::optional<std::uint64_t> read() const noexcept;

private:
    unique_fd fd_;
};

}  // namespace lastcall::sys
