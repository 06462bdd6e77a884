// Writing to a descriptor that may be full, broken, or watched by nobody.
#pragma once

#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Writes what can be written without waiting.
///
/// A stop must not wait for a reader of its log: what a full pipe does not take is
/// dropped.
/// Returns: false when something was dropped.
bool write_without_waiting(int fd, std::string_view text) noexcept;

/// Writes all of it, and waits for whoever reads. Returns: 0 or errno; a part may be there.
int write_whole(int fd, std::string_view contents) noexcept;

/// A file to be written, empty, with mode 0644. Errors: std::system_error with the path.
unique_fd create_file(const std::string& path);

/// A file to be written at its end, made with mode 0600. Errors: std::system_error with the path.
unique_fd open_to_append(const std::string& path);

/// Whether a file can be written: there, or to be made in its folder.
/// Returns: what is in the way, in words; empty when nothing is. access(2).
[[nodiscard]] std::string why_not_writable(const std::string& path);

/// Replaces the contents of a file, by way of a temporary file beside it: a reader sees
/// the old contents or the new, never a part. One writer at a time. Written in place is what
/// cannot be replaced: a device, a pipe (never waited for), a mount point as
/// /dev/termination-log is, a file in a folder that may not be written.
/// Returns: 0 or errno; the old contents are there then, unless it was in place.
int try_replace_file(const char* path, std::string_view contents) noexcept;

/// The same. Errors: std::system_error with the path.
void replace_file(const std::string& path, std::string_view contents);

}  // namespace lastcall::sys
