// A file that is kept open, so that it stays the same file whatever becomes of its path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Which file it is, and whether somebody has changed it since. stat(2)
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::uint32_t mode = 0;
    bool is_regular = false;
    std::int64_t modified_ns = 0;  ///< since 1970: st_mtim, which its owner may set
    std::int64_t changed_ns = 0;   ///< st_ctim, which nobody can set but by the clock
    bool operator==(const file_identity&) const = default;

    /// Whether it runs with the rights of its owner: a copy of it would not.
    [[nodiscard]] bool is_set_id() const noexcept { return (mode & 06000U) != 0; }
};

enum class copy_way : std::uint8_t { reflink, copy };

class held_file {
public:
    /// Never waits, not even for a pipe. Errors: std::system_error with the path.
    explicit held_file(const std::string& path);

    /// Errors: std::system_error.
    [[nodiscard]] file_identity identity() const;
    /// Returns: how many bytes there were; 0 at the end. Errors: std::system_error.
    [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const;
    /// A file of its own with the same contents, synced. `path` must not exist.
    /// Errors: std::system_error; there is no such file then.
    copy_way copy_to(const std::string& path, std::uint32_t mode) const;
    /// Whether the kernel gives it rights of its own when it is run: capabilities(7).
    [[nodiscard]] bool has_capabilities() const noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Gives the descriptor away.
    [[nodiscard]] unique_fd release() && noexcept { return std::move(fd_); }

private:
    std::string path_;
    unique_fd fd_;
};

}  // namespace lastcall::sys
