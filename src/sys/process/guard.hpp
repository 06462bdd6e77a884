// A process that outlives its parent just long enough to end what the parent has started:
// so that nothing remains even when the parent is killed by SIGKILL.
#pragma once

#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// SIGKILL to every process, but the caller, whose environment holds `entry` ("NAME=value")
/// as it was when it was started; walks until nobody new is found. No heap.
/// Returns: how many were killed.
int kill_marked(std::string_view entry) noexcept;

class guard {
public:
    guard() noexcept = default;
    /// From now on the end of this process ends, by SIGKILL: the process `pid`, its process
    /// group, whatever carries `entry` in its environment, and all of the cgroup with the
    /// folder `control_group` (empty: none), which is removed.
    /// Errors: none; where no process can be made there is no guard.
    guard(int pid, const std::string& entry, const std::string& control_group) noexcept;
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    guard& operator=(guard&& other) noexcept;
    guard(guard&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

    /// Ends the guard, without what it guards.
    ~guard();

    [[nodiscard]] explicit operator bool() const noexcept { return pid_ > 0; }

private:
    int pid_ = 0;
};

}  // namespace lastcall::sys
