// Who a process is: its id, its id that is never used again, and whose child it is.
// Without heap and exceptions; the functions about oneself are async-signal-safe.
#pragma once

#include <cstdint>

namespace lastcall::sys {

/// The inode of this process in pidfs (Linux 6.9), which no other process of this boot has
/// or gets; 0 where the kernel has no pidfs. Opens a descriptor and closes it.
std::uint64_t own_pidfs_id() noexcept;

/// The parent of `pid`, from /proc. 0: outside of this PID namespace; -1: no such process,
/// or no /proc.
int parent_of(int pid) noexcept;

/// Whether `pid` descends from this process. A process that is PID 1 of its namespace
/// counts everything in it as its own, for all of it ends with it. A process that is gone
/// and was not waited for still counts.
bool is_descendant(int pid) noexcept;

}  // namespace lastcall::sys
