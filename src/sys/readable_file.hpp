// A regular file that is read while others write, rename or replace it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// stat(2).
struct file_facts {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::uint32_t mode = 0;  ///< permission bits
    std::uint32_t owner = 0;
    std::chrono::nanoseconds changed{0};  ///< st_ctim, since 1970

    [[nodiscard]] bool is_same_file(const file_facts& other) const noexcept {
        return device == other.device && inode == other.inode;
    }
};

/// Returns: nothing when there is no such file.
[[nodiscard]] std::optional<file_facts> facts_of(const std::string& path) noexcept;

class readable_file {
public:
    readable_file() noexcept = default;

    /// Opens a regular file; whatever else is there is never waited for.
    /// Errors: std::system_error naming the path (EINVAL: no regular file).
    explicit readable_file(const std::string& path);

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }
    [[nodiscard]] file_facts facts() const noexcept;

    /// pread(2), all of `room` unless the file ends before. Returns: bytes; 0 at the end and
    /// where it cannot be read.
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, char* into,
                                      std::size_t room) const noexcept;

private:
    unique_fd fd_;
};

}  // namespace lastcall::sys
