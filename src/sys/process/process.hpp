// This process: who it is, and how it ends.
#pragma once

#include <chrono>

namespace lastcall::sys {

int current_process_id() noexcept;

int current_process_group() noexcept;

/// 0 where it lives in an outer PID namespace. getppid(2).
int parent_process_id() noexcept;

/// _exit(2): no destructor, no exit handler, no flush.
[[noreturn]] void exit_at_once(int code) noexcept;

/// Calls `exit_at_once(code)` from a SIGALRM handler after `delay`, on whatever thread
/// takes the signal, the calling one included.
void exit_by_alarm(int code, std::chrono::nanoseconds delay) noexcept;

void sleep_until(std::chrono::steady_clock::time_point moment) noexcept;

/// pthread_setname_np(3); cut after 15 bytes.
void name_this_thread(const char* name) noexcept;

}  // namespace lastcall::sys
