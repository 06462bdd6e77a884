// A process of somebody else, by its handle: signalled, waited for, and asked how it ended.
#pragma once

#include <chrono>
#include <optional>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct watched_end {
    std::chrono::steady_clock::time_point when{};  ///< when it was seen to have ended
    bool is_known = false;                         ///< the kernel told how: Linux 6.15
    int code = 0;
    int signal = 0;
    bool dumped_core = false;
};

class watched_process {
public:
    /// Errors: std::system_error (ESRCH: no such process; ENOSYS: Linux before 5.3).
    explicit watched_process(int pid);

    [[nodiscard]] int pid() const noexcept { return pid_; }

    /// Returns: 0 or errno. Threads: any.
    int signal(int number) const noexcept;

    /// Returns: whether it has ended. Blocks: up to `until`. Threads: one.
    bool wait(std::chrono::steady_clock::time_point until);

    [[nodiscard]] const std::optional<watched_end>& end() const noexcept { return end_; }

private:
    void ask_how();

    int pid_ = 0;
    unique_fd handle_;
    std::optional<watched_end> end_;
};

}  // namespace lastcall::sys
