// SHA-256 (FIPS 180-4).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace lastcall::agent {

/// Of the parts one after the other, in hexadecimal, 64 small letters and digits, as
/// sha256sum(1) prints it.
[[nodiscard]] std::string sha256_hex(std::initializer_list<std::string_view> parts);

}  // namespace lastcall::agent
