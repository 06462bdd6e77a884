// What is remembered of one run, for the last line.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/fixed_text.hpp"
#include "core/keeper_machine.hpp"

namespace lastcall::init {

using command_text = core::fixed_text<96>;

/// Who asked for the stop.
struct stop_sender {
    int signal = 0;  ///< 0: nobody asked by a signal
    int pid = 0;     ///< 0: from outside of the PID namespace, or the kernel
    unsigned uid = 0;
    bool from_terminal = false;
    command_text command;  ///< empty when it could not be read
};

/// A process that had to be killed.
struct kill_record {
    int pid = 0;
    command_text command;
    core::fixed_text<320> why;  ///< as the block report had it; empty if it did not
};

struct stop_record {
    std::chrono::nanoseconds started{0};
    std::chrono::nanoseconds ready{0};  ///< 0: never, or not asked for
    stop_sender sender;
    int stop_signals = 0;
    int main_pid = 0;
    command_text main_command;
    bool main_ended = false;
    bool main_killed = false;  ///< by a signal
    int main_status = 0;       ///< exit status, or that signal
    bool main_killed_by_us = false;
    std::uint64_t reaped = 0;
    std::uint64_t oom_kills = 0;
    std::array<kill_record, 16> killed;
    std::size_t killed_count = 0;  ///< also those for whom there was no room
    std::size_t left = 0;          ///< alive when the keeper had to leave
    int exit_status = 0;
};

}  // namespace lastcall::init
