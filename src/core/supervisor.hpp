// What starts programs, keeps them there, and stops them by a signal and a time of its own.
//
// The signal and the time are those that hold where its configuration says nothing.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

namespace lastcall::core {

struct supervisor {
    std::string_view name;       ///< "supervisord"
    std::string_view processes;  ///< what it is called, each between blanks; * at the end: any end
    std::string_view signal;     ///< that it sends: "TERM"
    /// From the signal to SIGKILL; max(): it never sends SIGKILL.
    std::chrono::milliseconds wait;
    std::string_view setting;  ///< of that time: "stopwaitsecs"; empty: there is none
    std::string_view source;   ///< who says so
};

[[nodiscard]] std::span<const supervisor> all_supervisors() noexcept;

/// By the name of a program file or of a process. Null: it is none, or one that is not known.
[[nodiscard]] const supervisor* find_supervisor(std::string_view name) noexcept;

}  // namespace lastcall::core
