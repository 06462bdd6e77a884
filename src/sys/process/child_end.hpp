// How a process ended, and what it has used: wait4(2), and for one that is no child of ours,
// PIDFD_GET_INFO (ioctl_pidfd(2), Linux 6.15).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct child_end {
    int pid = 0;
    bool is_known = true;      ///< false: it has ended, and the kernel does not say how
    bool killed = false;       ///< by `status`, a signal
    int status = 0;            ///< else its exit status
    bool core = false;         ///< dumped
    std::int64_t user_us = 0;  ///< with those it has waited for
    std::int64_t system_us = 0;
    std::int64_t peak_kb = 0;  ///< of the largest of them
};

/// Takes one child that has ended. Never waits. Unset: none has.
[[nodiscard]] std::optional<child_end> take_ended_child() noexcept;

/// Of a process that is not our child, once its pidfd is readable.
[[nodiscard]] child_end end_of_stranger(int pidfd, int pid) noexcept;

/// A descriptor of another process, as our own: pidfd_getfd(2). Empty and errno: it has none
/// with this number, or it may not be looked into (another user, not dumpable, Yama).
[[nodiscard]] unique_fd take_descriptor(int pidfd, int number) noexcept;

/// What the process executes, open for being executed again. Empty: it is gone.
[[nodiscard]] unique_fd open_executable_of(int pid) noexcept;

/// /proc/sys/kernel/random/boot_id; empty where there is none.
[[nodiscard]] std::string boot_id();

}  // namespace lastcall::sys
