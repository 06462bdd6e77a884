// Single facts about a process: its age, its arguments, its environment, whether it may be
// signalled.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sys/process/process_table.hpp"

namespace lastcall::sys {

/// Clock ticks of the kernel in a second: sysconf(3), _SC_CLK_TCK.
[[nodiscard]] std::uint64_t ticks_per_second() noexcept;

/// How long a process has been there, by its start time.
[[nodiscard]] std::chrono::nanoseconds age_of(const process_entry& entry) noexcept;

/// The arguments of a process, as they are; empty for kernel threads, zombies and what is gone.
[[nodiscard]] std::vector<std::string> arguments_of(int pid);

/// A variable of the environment that a process was executed with; empty: none, or not readable.
[[nodiscard]] std::string environment_value(int pid, std::string_view name);

/// All of them, as "NAME=value"; empty: it has none, or they are not readable.
[[nodiscard]] std::vector<std::string> environment_of(int pid);

/// The process that a thread belongs to: itself for a process; 0: there is none.
[[nodiscard]] int process_of_thread(int id) noexcept;

/// Whether this process may send signals to it: kill(2) with signal 0, which sends none.
[[nodiscard]] bool may_signal(int pid) noexcept;

}  // namespace lastcall::sys
