// The kernel's clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace lastcall::sys {

/// CLOCK_MONOTONIC_COARSE in milliseconds, modulo 2^32. Reads no hardware counter.
std::uint32_t coarse_milliseconds() noexcept;

/// CLOCK_MONOTONIC as a duration; the clock that processes of one machine share.
std::chrono::nanoseconds monotonic_now() noexcept;

/// CLOCK_BOOTTIME: as the monotonic one, and the time asleep counts.
std::chrono::nanoseconds boottime_now() noexcept;

/// Processor time that the calling thread has used.
std::chrono::nanoseconds thread_processor_time() noexcept;

/// Timers of the calling thread fire as exactly as the kernel can, instead of within the
/// usual 50 us. prctl(2), PR_SET_TIMERSLACK.
void use_exact_timers() noexcept;

}  // namespace lastcall::sys
