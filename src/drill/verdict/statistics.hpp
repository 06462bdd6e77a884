// What a count of losses says about the share that is lost.
#pragma once

#include <cstdint>

namespace lastcall::drill {

/// With `lost` of `n` lost, the share is below this with 95 % confidence: the exact bound of
/// Clopper and Pearson (Biometrika 26, 1934), one-sided. upper_bound_95(n) for none lost; 1
/// for n = 0: nothing was seen.
[[nodiscard]] double upper_bound_95(std::uint64_t lost, std::uint64_t n) noexcept;

/// The same from the other side; 0 for none lost.
[[nodiscard]] double lower_bound_95(std::uint64_t lost, std::uint64_t n) noexcept;

}  // namespace lastcall::drill
