// The value that the keeper sends along with a stop signal: the moment at which it will
// kill, so that the service does not have to guess how much of the grace is left.
//
// 64 bits, as si_value carries them: 16 of magic, 48 of milliseconds on CLOCK_MONOTONIC,
// the one clock that all processes of a machine share.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace lastcall::wire {

/// `deadline` on CLOCK_MONOTONIC; what 48 bits cannot hold becomes the nearest that they can.
[[nodiscard]] std::uint64_t encode_stop_value(std::chrono::milliseconds deadline) noexcept;

/// Returns: unset for a value that is not of this form, such as a plain sigqueue(3)'s.
[[nodiscard]] std::optional<std::chrono::milliseconds> decode_stop_value(
    std::uint64_t value) noexcept;

/// A deadline that came with a signal at `now`: unset unless it is at most a day away, in
/// the future or in the past. One in the past means that no time is left.
[[nodiscard]] std::optional<std::chrono::milliseconds> plausible_stop_value(
    std::uint64_t value, std::chrono::milliseconds now) noexcept;

}  // namespace lastcall::wire
