// The clock that stamps passes: milliseconds in one word, advanced by a thread.
//
// Reading any kernel clock costs more than the whole gate. The ticker advances the
// word every 50 ms while work enters gates, and sleeps without a wake-up once none
// has entered for a second: it then parks every gate, and the next entry wakes it.
#pragma once

namespace lastcall::runtime {

/// Starts the ticker if it does not run. Set-up only; takes a lock.
/// Without membarrier gates read the clock themselves and no ticker is started.
void start_coarse_clock();

/// Called by the entry that found its gate parked. Never blocks.
void wake_coarse_clock() noexcept;

/// Brings the word up to date from the kernel's clock.
void read_coarse_clock() noexcept;

/// After fork: the child has no ticker.
void forget_coarse_clock() noexcept;

}  // namespace lastcall::runtime
