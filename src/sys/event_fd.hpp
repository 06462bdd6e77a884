// eventfd(2): one bit that is readable once it is set.
#pragma once

#include <chrono>

namespace lastcall::sys {

/// A non-blocking, close-on-exec eventfd that is not set.
/// Errors:   std::system_error (EMFILE, ENFILE, ENOMEM).
int make_event();

/// Sets it. Never blocks, never fails: a counter that is full is set as well.
void signal_event(int fd) noexcept;

/// Takes the setting back.
void clear_event(int fd) noexcept;

/// Puts a new event that is not set under the same number, after fork: the old one is
/// shared with the parent.
void replace_event(int fd) noexcept;

/// Waits until `fd` is readable.
/// Returns:  whether it is; false once `until` has passed.
bool wait_readable(int fd, std::chrono::steady_clock::time_point until) noexcept;

}  // namespace lastcall::sys
