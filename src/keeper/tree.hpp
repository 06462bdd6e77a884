// Everyone below the keeper.
#pragma once

#include <chrono>
#include <optional>

#include "keeper/stop_record.hpp"

namespace lastcall::keeper {

/// Sends `number` to every descendant but `except`, and SIGCONT after it to those that are
/// stopped. `born_since`: only to processes that started at that moment or later, on
/// CLOCK_MONOTONIC. Returns: how many were signalled.
std::size_t signal_tree(int number, int except,
                        std::optional<std::chrono::nanoseconds> born_since) noexcept;

/// SIGKILL to every descendant, those included that are born while it works. As PID 1 to
/// every process of the namespace. Adds them to the record.
void kill_tree(stop_record& record) noexcept;

/// The command of a process, for people; empty when it cannot be read.
void read_command(int pid, command_text& into) noexcept;

}  // namespace lastcall::keeper
