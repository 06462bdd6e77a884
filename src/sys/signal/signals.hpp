// Signals as data: blocked in every thread, read by one owner.
#pragma once

#include <signal.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Blocks every signal in the calling thread until destroyed; threads made meanwhile
/// inherit that.
class all_signals_blocked {
public:
    all_signals_blocked() noexcept;
    all_signals_blocked(const all_signals_blocked&) = delete;
    all_signals_blocked& operator=(const all_signals_blocked&) = delete;
    ~all_signals_blocked();

private:
    sigset_t before_{};
};

/// The signal mask of a thread, to be given to another.
class signal_mask {
public:
    /// That of the calling thread.
    signal_mask() noexcept;
    void apply() const noexcept;

private:
    sigset_t set_{};
};

/// One signal as it arrived.
struct arrived_signal {
    int number = 0;
    int sender_pid = 0;  ///< 0 when the kernel sent it (a terminal's Ctrl-C)
    unsigned sender_uid = 0;
    std::optional<std::uint64_t> value = {};  ///< sent along, sigqueue(3)
};

/// Threads of this process, other than the caller, that would take one of `numbers`
/// with its default action: "name (id)". Read from /proc/self/task; empty also when
/// /proc is not there.
std::vector<std::string> threads_open_to(const std::vector<int>& numbers);

/// Claims signals: blocks them in the calling thread and reads them through a
/// signalfd(2). In a child made by fork, the mask from before is put back.
class signal_source {
public:
    /// Errors: std::system_error; std::logic_error when another claim exists.
    explicit signal_source(const std::vector<int>& numbers);
    signal_source(const signal_source&) = delete;
    signal_source& operator=(const signal_source&) = delete;
    ~signal_source();

    /// The process is about to end: the signals stay blocked, so that one that comes late
    /// does not change how it ends.
    void keep_blocked() noexcept { keep_blocked_ = true; }

    /// Readable when a signal waits.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Takes one signal. Returns: false when none waits. Never blocks.
    bool take(arrived_signal& into) const noexcept;

    /// The mask that was in force before the claim; for posix_spawn(3), which does
    /// not run fork handlers.
    [[nodiscard]] const sigset_t& mask_before() const noexcept;

private:
    unique_fd fd_;
    bool keep_blocked_ = false;
};

/// Ignores SIGPIPE where it has its default action. Returns whether it did.
bool ignore_broken_pipes() noexcept;

/// Ends the process by `number` with its default action, so that the parent sees
/// "killed by signal". Returns only where the kernel refuses (PID 1).
void die_by_signal(int number) noexcept;

}  // namespace lastcall::sys
