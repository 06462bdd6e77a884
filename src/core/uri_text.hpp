// A path as it stands in a URI.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::core {

/// A path as a relative reference or path of a URI (RFC 3986, 2.1): what has a meaning of its own
/// in one, and every byte that is no ASCII, as %XX.
[[nodiscard]] std::string uri_of(std::string_view path);

}  // namespace lastcall::core
