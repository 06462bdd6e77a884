// What a message of sd_notify(3) says: lines of KEY=value, read but not acted on.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace lastcall::core {

struct notify_message {
    bool ready = false;      ///< READY=1
    bool reloading = false;  ///< RELOADING=1
    bool stopping = false;   ///< STOPPING=1
    bool watchdog = false;   ///< WATCHDOG=1
    bool fdstore = false;    ///< FDSTORE=1: the descriptors that came along are for the manager
    bool barrier = false;    ///< BARRIER=1
    int main_pid = 0;        ///< MAINPID; 0: not named, or not a process id
    std::optional<std::chrono::nanoseconds> extend_by;  ///< EXTEND_TIMEOUT_USEC
    std::optional<std::string_view> status;             ///< STATUS; part of the text
    std::size_t lines = 0;                              ///< that are not empty
};

/// Lines of unknown keys, and values that make no sense, are counted and otherwise ignored.
notify_message read_notify_message(std::string_view text) noexcept;

/// Lines that are not passed on: those that name the main process (the keeper is and stays
/// the manager's), and READY=1 where somebody else decides about that.
/// Returns: the size of what is left, moved to the front of `text`.
std::size_t leave_out_own(std::span<char> text, bool ready_too) noexcept;

}  // namespace lastcall::core
