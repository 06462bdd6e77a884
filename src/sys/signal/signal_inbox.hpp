// Every signal of this process as data, for a program of one thread that owns them all.
#pragma once

#include <signal.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// One signal as it arrived: signalfd(2).
struct signal_letter {
    int number = 0;
    int sender_pid = 0;  ///< 0: the kernel, or a process outside of this PID namespace
    unsigned sender_uid = 0;
    bool from_kernel = false;  ///< a terminal, a timer, a fault: no process sent it
};

/// Blocks every signal and reads them through one descriptor. SIGCHLD gets its default
/// action back, which an ignoring parent may have taken: without it nothing can be reaped.
/// One of its kind, in a process of one thread.
class signal_inbox {
public:
    /// Empty when the kernel refuses (EMFILE, ENFILE, ENOMEM).
    signal_inbox() noexcept;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// Readable when a signal waits.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Takes one signal. Returns: false when none waits. Never blocks.
    bool take(signal_letter& into) noexcept;

    /// Takes one signal that is not in `seen` (bit n-1 is signal n). take() gives the lowest
    /// number first: in a storm of it, the others wait until the storm is over.
    bool take_other(signal_letter& into, std::uint64_t seen) noexcept;

    /// Waits for one signal and takes it, with one call instead of three. Only where nothing
    /// else is waited for.
    /// Returns: false when none came. Blocks: until CLOCK_MONOTONIC has reached `until`.
    bool wait(signal_letter& into, std::optional<std::chrono::nanoseconds> until) noexcept;

    /// In a child before execve(2): mask and dispositions as this process got them.
    void restore_in_child() const noexcept;

    /// What `restore_in_child` restores, for a program that this process becomes by execve(2).
    struct inherited {
        std::uint64_t mask = 0;
        bool child_was_ignored = false;
    };
    [[nodiscard]] inherited before() const noexcept { return {mask_before_, child_was_ignored_}; }
    void set_before(inherited what) noexcept {
        mask_before_ = what.mask;
        child_was_ignored_ = what.child_was_ignored;
    }

    /// Stops this process as job control does, by the default action of `number` (SIGTSTP,
    /// SIGTTIN, SIGTTOU), or by SIGSTOP. Returns when it is continued; at once where the kernel
    /// does not stop it: PID 1, and, but for SIGSTOP, a process group that no shell watches.
    void stop_self(int number) noexcept;

private:
    unique_fd fd_;
    std::uint64_t mask_before_ = 0;  ///< bit n-1 is signal n
    bool child_was_ignored_ = false;
};

}  // namespace lastcall::sys
