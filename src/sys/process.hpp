// This process: who it is, and how it ends.
#pragma once

#include <chrono>
#include <string>

namespace lastcall::sys {

int current_process_id() noexcept;

/// A name for one object of this process, that no other object anywhere ever has:
/// host, process id and random digits.
std::string unique_owner_name();

/// _exit(2): no destructor, no exit handler, no flush.
[[noreturn]] void exit_at_once(int code) noexcept;

/// Calls `exit_at_once(code)` from a SIGALRM handler after `delay`, on whatever thread
/// takes the signal, the calling one included.
void exit_by_alarm(int code, std::chrono::nanoseconds delay) noexcept;

void sleep_until(std::chrono::steady_clock::time_point moment) noexcept;

/// pthread_setname_np(3); cut after 15 bytes.
void name_this_thread(const char* name) noexcept;

/// Sixteen hexadecimal digits from the kernel, for names that nobody else has.
/// getrandom(2). Errors: std::system_error.
std::string random_digits();

}  // namespace lastcall::sys
