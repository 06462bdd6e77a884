// Text for XML 1.0 and for what reads it as such.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::core {

/// Escaped for content and for attributes in double quotes. What XML can not hold even
/// escaped (control characters, bytes that are no UTF-8, U+FFFE, U+FFFF) becomes U+FFFD.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace lastcall::core
