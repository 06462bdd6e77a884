// futex(2) on a 32-bit word of this process.
#pragma once

#include <atomic>
#include <cstdint>

namespace lastcall::sys {

/// Sleeps while `word` holds `value`. May return early.
void wait_on(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept;

/// Wakes every thread that sleeps on `word`.
void wake_all(std::atomic<std::uint32_t>& word) noexcept;

}  // namespace lastcall::sys
