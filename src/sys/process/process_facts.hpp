// What the kernel says about one process, as far as it concerns its stop.
#pragma once

#include <cstdint>
#include <string_view>

#include "sys/process/proc_reader.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::sys {

/// Sets of signals: bit n-1 is signal n.
struct signal_masks {
    std::uint64_t pending_main = 0;    ///< SigPnd of the main thread
    std::uint64_t pending_shared = 0;  ///< ShdPnd
    std::uint64_t blocked = 0;         ///< SigBlk of the main thread
    /// By every thread. A thread inside sigwait(3) shows what it waits for as not blocked.
    std::uint64_t blocked_by_all = 0;
    std::uint64_t ignored = 0;      ///< SigIgn
    std::uint64_t caught = 0;       ///< SigCgt
    std::uint64_t by_signalfd = 0;  ///< read from a signalfd(2); only filled where blocked
};

struct process_facts {
    process_entry entry;
    /// Arguments separated by blanks, unprintables as \xNN; "[comm]" where there are none
    /// (kernel threads, zombies).
    short_text<512> command;
    short_text<64> comm;  ///< as the command: escaped
    short_text<256> exe;  ///< what it was started from, " (deleted)" kept; empty: not readable
    std::uint32_t uid = 0;
    int tracer = 0;             ///< 0: none
    int namespace_pid = 0;      ///< its id in its innermost pid namespace
    bool is_frozen = false;     ///< its cgroup is, v1 or v2
    bool is_frozen_v1 = false;  ///< where not even SIGKILL works until it is thawed
    bool dumps_core = false;
    signal_masks signals;
    short_text<64> wchan;               ///< where in the kernel it sleeps; empty: not known
    int system_call = -1;               ///< number; -1: none, or not readable
    std::string_view system_call_name;  ///< empty when it is none that usually waits
    int sleeping_thread = 0;            ///< a thread in state D that is not the main one; 0: none
};

/// Fills `facts` for the process with this id.
/// Returns: false when it is gone. What can not be read for another reason stays empty.
bool read_process_facts(int pid, process_facts& facts) noexcept;

/// Only the command line, as in `process_facts::command`.
void read_command(int pid, short_text<512>& into) noexcept;

/// Reads the text of /proc/PID/status into `facts`; lines that are not right are left out.
void parse_process_status(std::string_view text, process_facts& facts) noexcept;

/// The name of a system call in which programs usually wait; empty for any other.
[[nodiscard]] std::string_view system_call_name(int number) noexcept;

/// Whether the first argument of one of these is the descriptor that it waits at: that of
/// clock_nanosleep(2) is a clock.
[[nodiscard]] bool is_call_of_descriptor(int number) noexcept;

}  // namespace lastcall::sys
