// A program that has replaced another one in the same process, and may yet prove unable: until
// it says that it is well, a fault, an abort or the end of its time executes the old program
// again. The process stays the same, so its children stay its children.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// execveat(2) of an open file. Only returns when it fails: errno.
int become(int program, const std::vector<std::string>& argv,
           const std::vector<std::string>& environment);

/// What we execute, open for being executed again.
[[nodiscard]] unique_fd open_own_program() noexcept;

/// From now on SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS and the end of `limit`
/// (SIGALRM, unblocked for it) execute `program` again. One at a time; everything is copied.
void begin_probation(int program, const std::vector<std::string>& argv,
                     const std::vector<std::string>& environment, std::chrono::seconds limit);
[[nodiscard]] bool is_on_probation() noexcept;
void end_probation() noexcept;
/// The way back, now. Returns only when it fails.
void go_back() noexcept;

}  // namespace lastcall::sys
