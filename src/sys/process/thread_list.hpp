// The threads of a process, and where in the kernel each of them is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::sys {

struct thread_facts {
    int id = 0;
    std::string name;  ///< printable
    char state = '?';
    std::uint64_t ticks = 0;      ///< of processor time, user and system
    std::uint64_t queued_ns = 0;  ///< it could have run, and others did; 0 where that is not kept
    std::uint64_t blocked = 0;
    std::uint64_t pending = 0;
    bool is_running = false;     ///< in user space, or on a processor
    int call = -1;               ///< the system call that it is in; -1: none, or not readable
    std::string_view call_name;  ///< empty when it is none that usually waits
    std::string call_arguments;  ///< "0x4 0x7ffe... ..."
    int first_argument = -1;     ///< the descriptor that the call waits at; -1: at none
    std::string wchan;           ///< empty: none, or not readable
};

struct thread_list {
    std::vector<thread_facts> threads;  ///< the main one first
    bool is_whole = true;               ///< false: there are more than were read
    bool has_calls = true;              ///< false: /proc/PID/syscall may not be read
};

[[nodiscard]] thread_list threads_of(int pid);

}  // namespace lastcall::sys
