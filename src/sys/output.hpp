// Writing to a descriptor that may be full, broken, or watched by nobody.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::sys {

/// Writes what can be written without waiting.
///
/// A stop must not wait for a reader of its log: what a full pipe does not take is
/// dropped.
/// Returns: false when something was dropped.
bool write_without_waiting(int fd, std::string_view text) noexcept;

/// Replaces the contents of a file, by way of a temporary file beside it.
/// Errors: std::system_error with the path.
void replace_file(const std::string& path, std::string_view contents);

}  // namespace lastcall::sys
