// The word that somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lastcall::core {

/// The nearest of `known`, by letters added, left out, changed or swapped with their
/// neighbour: at most one such edit for every three letters. The beginning of a word is near
/// to it. Empty when none is near. Lifetime: that of `known`.
[[nodiscard]] std::string_view near_word(std::string_view given,
                                         std::span<const std::string> known);

}  // namespace lastcall::core
