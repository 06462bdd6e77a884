// UTF-8, as far as it takes to tell it from other bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace lastcall::core {

/// How long the character of UTF-8 is that `text` begins with; 0: it begins with none, or
/// with a part of one. RFC 3629, section 4.
[[nodiscard]] std::size_t character_length(std::string_view text) noexcept;

}  // namespace lastcall::core
