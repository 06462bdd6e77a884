// The word that somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lastcall::core {

/// The nearest of `known`, by letters added, left out, changed or swapped with their
/// neighbour; empty when none is near: at most one such edit for every three letters.
[[nodiscard]] std::string_view near_word(std::string_view given,
                                         const std::vector<std::string>& known);

}  // namespace lastcall::core
