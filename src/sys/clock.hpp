// The kernel's clocks.
#pragma once

#include <cstdint>

namespace lastcall::sys {

/// CLOCK_MONOTONIC_COARSE in milliseconds, modulo 2^32. Reads no hardware counter.
std::uint32_t coarse_milliseconds() noexcept;

}  // namespace lastcall::sys
