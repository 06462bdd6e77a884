// Signals to everything below one process.
//
// A signal goes through a pidfd, after the start time of whoever the pidfd stands for was
// compared with what the walk saw: an id that was given to another process in between is
// left alone. Where the kernel or a seccomp filter refuses pidfd_open(2), kill(2) is used
// right after the same comparison.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sys/process/proc_reader.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::sys {

/// Sends a signal to exactly the process that `entry` was read from.
/// Returns: false when it is gone, or may not be signalled.
bool send_signal_to(const process_entry& entry, int root, int number) noexcept;

/// Who was signalled already, by id and start time. It takes room where it is touched.
class signalled_set {
public:
    signalled_set() noexcept;

    /// What is inserted from here on is of a new walk.
    void begin_walk() noexcept { ++walk_; }
    /// Returns: false when it cannot be remembered: without memory, or full.
    bool insert(const process_entry& entry) noexcept;
    [[nodiscard]] bool contains(const process_entry& entry) const noexcept;
    /// Whether it was inserted before the walk that has begun last.
    [[nodiscard]] bool is_of_earlier_walk(const process_entry& entry) const noexcept;

private:
    struct slot {
        std::uint64_t start_time;
        int pid;
        int walk;
    };
    [[nodiscard]] std::size_t find(const process_entry& entry) const noexcept;

    scratch_memory memory_;
    std::span<slot> slots_;
    std::size_t count_ = 0;
    int walk_ = 0;
};

struct signal_request {
    int root = 0;  ///< everything below it, not itself
    int number = 0;
    int then = 0;                      ///< a second signal to each, right after the first
    std::span<const int> except{};     ///< ids that are passed over (what is below them is not)
    signalled_set* already = nullptr;  ///< who had it in earlier calls; null: nobody
    /// Called when the first walk is done, and nobody is signalled yet.
    void (*once_walked)(void* context) noexcept = nullptr;
    void* context = nullptr;
};

/// Signals every descendant that is not dead, once each; walks again until a walk brings
/// nobody new, so that who has changed its parent meanwhile is not missed. What somebody
/// starts after its signal is left to it: its cleaning up may need a helper.
/// Returns: how many were signalled.
std::size_t signal_descendants(const signal_request& request) noexcept;

struct killed_process {
    int pid = 0;
    short_text<512> command;
};

struct kill_result {
    std::size_t killed = 0;    ///< how many got SIGKILL
    std::size_t listed = 0;    ///< how many of them `into` names
    bool is_complete = false;  ///< false: new ones came faster than they were stopped
};

/// SIGKILL to every descendant that is not dead. All of them are stopped first, in passes
/// until no new one appears, so that nothing is started while the killing goes on.
///
/// `into`    filled with the first of them
/// `until`   on the monotonic clock: later the passes end, and what is stopped is killed
/// `already` who was killed in earlier calls and may be dying still: not counted again
kill_result kill_descendants(int root, std::span<killed_process> into,
                             std::chrono::nanoseconds until, std::span<const int> except = {},
                             signalled_set* already = nullptr) noexcept;

}  // namespace lastcall::sys
