// What a service with liblastcall says is in flight, as lines for the block report.
#pragma once

#include <chrono>
#include <span>

#include "core/fixed_text.hpp"

namespace lastcall::init {

inline constexpr std::chrono::milliseconds status_patience{100};

/// Asks process `pid` and appends what it says:
///
///   orders is draining, 2.5s to its deadline
///   drain of http runs since 4.2s, share 9s
///   in flight: http 3 (GET /slow 12.1s on thread 123, GET /report 4s on thread 124, 1 more)
///
/// A process that has no status socket adds nothing; one that does not answer at it adds
/// why. Control characters in names become '?'.
///
/// `until`  on CLOCK_MONOTONIC; `status_patience` from now on is usual.
/// Returns: whether it answered.
/// Blocks:  until then at most.
bool append_in_flight(int pid, std::chrono::nanoseconds until, core::text_sink& into) noexcept;

/// The same of an answer that was received. `answer` is changed.
bool append_status(std::span<char> answer, core::text_sink& into) noexcept;

}  // namespace lastcall::init
