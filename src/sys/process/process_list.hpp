// All processes of this /proc in one pass, for who has to find one among them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sys/process/process_table.hpp"

namespace lastcall::sys {

struct listed_process {
    process_entry entry;
    std::string comm;
    std::uint64_t ticks = 0;  ///< of processor time, all threads, user and system
};

/// In the order of their ids; a file for each. What ends meanwhile is left out.
[[nodiscard]] std::vector<listed_process> list_processes();

/// Clock ticks of the kernel in a second: sysconf(3), _SC_CLK_TCK.
[[nodiscard]] std::uint64_t ticks_per_second() noexcept;

/// How long a process has been there, by its start time.
[[nodiscard]] std::chrono::nanoseconds age_of(const process_entry& entry) noexcept;

/// The arguments of a process, as they are; empty for kernel threads, zombies and what is gone.
[[nodiscard]] std::vector<std::string> arguments_of(int pid);

/// A variable of the environment that a process was executed with; empty: none, or not readable.
[[nodiscard]] std::string environment_value(int pid, std::string_view name);

/// Whether this process may send signals to it: kill(2) with signal 0, which sends none.
[[nodiscard]] bool may_signal(int pid) noexcept;

}  // namespace lastcall::sys
