// Where and when something was measured, for reports.
#pragma once

#include <chrono>
#include <string>

namespace lastcall::sys {

/// "Linux 6.18.0 x86_64, 2 processors". uname(2), sched_getaffinity(2).
[[nodiscard]] std::string host_description();

/// Nanoseconds since 1970. CLOCK_REALTIME.
[[nodiscard]] std::chrono::nanoseconds wall_clock() noexcept;

/// "2026-11-21T08:15:00Z" (RFC 3339).
[[nodiscard]] std::string wall_clock_text();

}  // namespace lastcall::sys
