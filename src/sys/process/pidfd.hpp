// A process by a handle that is never somebody else's: pidfd_open(2).
#pragma once

#include <cstdint>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// A handle of `pid`; empty when there is no such process, or the kernel is older than 5.3.
unique_fd open_process(int pid) noexcept;

/// kill(2) by handle; by `pid` where there is none, or a seccomp filter refuses the call.
/// So `pid` must be a child of ours that is not reaped: nobody else can have its id then.
/// Returns: 0 or errno (ESRCH: it has ended; EPERM).
int signal_process(int pidfd, int pid, int number) noexcept;

/// sigqueue(3) in the same way: the signal carries `value` (si_code SI_QUEUE), and this
/// process as its sender. Returns: 0 or errno.
int signal_process(int pidfd, int pid, int number, std::uint64_t value) noexcept;

/// kill(2) of a process group. Only while its leader is an unreaped child of ours: until
/// then nobody else can have its id. Returns: 0 or errno.
int signal_group(int leader, int number) noexcept;

/// SIGKILL to every process of this PID namespace but the caller, in one atomic step.
/// Only for PID 1.
void kill_namespace() noexcept;

}  // namespace lastcall::sys
