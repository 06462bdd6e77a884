// The bytes of a file that is to be looked at.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace lastcall::lint {

/// No file that tells how to stop a program is larger.
inline constexpr std::size_t file_limit = 16UL << 20;

struct read_bytes {
    std::optional<std::string> text;
    std::string why_not;  ///< "it is a directory", "Permission denied", "it has more than 16 MiB"
};

/// Reads a regular file; a symbolic link is followed. Nothing else is opened: a fifo would hang.
[[nodiscard]] read_bytes read_file(const std::filesystem::path& file);

}  // namespace lastcall::lint
