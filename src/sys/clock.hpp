// The kernel's clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace lastcall::sys {

/// CLOCK_MONOTONIC_COARSE in milliseconds, modulo 2^32. Reads no hardware counter.
std::uint32_t coarse_milliseconds() noexcept;

/// CLOCK_MONOTONIC as a duration; the clock that processes of one machine share.
std::chrono::nanoseconds monotonic_now() noexcept;

}  // namespace lastcall::sys
