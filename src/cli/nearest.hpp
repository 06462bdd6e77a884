// What somebody may have meant who typed a name that there is not.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lastcall::cli {

/// The name of `known` that is nearest to `typed`; empty when none is near. A letter too much,
/// missing, wrong, or swapped with its neighbour counts as one step; the beginning of a name
/// counts as near.
[[nodiscard]] std::string nearest(std::string_view typed, std::span<const std::string> known);

}  // namespace lastcall::cli
