// Patterns as a shell has them, of '*' and '?' only.
#pragma once

#include <string_view>

namespace lastcall::drill {

/// '*' stands for any text, also across '/'; '?' for one character.
[[nodiscard]] bool matches(std::string_view text, std::string_view pattern) noexcept;

}  // namespace lastcall::drill
