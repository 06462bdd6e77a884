// Lines for a terminal: coloured or not, wrapped and cut to its width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

enum class ink : std::uint8_t { plain, strong, soft, good, bad, open };

/// `text` in a colour of ECMA-48, and back to normal after it; as it is without colour.
[[nodiscard]] std::string painted(std::string_view text, ink how, bool colour);

/// The symbol of a standing: "✓", "!", "✗", "?", "–".
[[nodiscard]] std::string_view symbol_of(standing how) noexcept;
[[nodiscard]] ink ink_of(standing how) noexcept;

/// At most `width` columns; what is cut ends in "…". `text` has no colours.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

/// Lines of at most `width` columns, broken between items only; what is too long is cut.
[[nodiscard]] std::vector<std::string> flowed(const std::vector<std::string>& items,
                                              std::string_view between, std::size_t width);

/// Lines of at most `width` columns, broken at blanks, but not between a number and its unit.
/// `text` has no colours.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// With blanks up to `width` columns, to the left or to the right of it.
[[nodiscard]] std::string padded_left(std::string_view text, std::size_t width);
[[nodiscard]] std::string padded_right(std::string_view text, std::size_t width);

/// Of eight heights of a block: "▁" for a little, "█" for all of `highest`, " " for 0.
[[nodiscard]] std::string_view spark(double value, double highest) noexcept;

}  // namespace lastcall::drill
