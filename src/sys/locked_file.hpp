// A small file that is written in place, durably, by the one process that holds its lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// flock(2): the lock belongs to this open file, is gone with the process, and says nothing
/// to who does not ask for it.
class locked_file {
public:
    /// Opens it, and makes it with mode 0600 if need be; a directory entry that was made is
    /// durable then. Errors: std::system_error with the path.
    static locked_file open_or_make(const std::string& path);
    /// Opens it to read. Returns: nothing open where there is none. Errors: as above.
    static locked_file open_to_read(const std::string& path);

    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// Returns: false when another open file has a lock.
    [[nodiscard]] bool try_lock_alone() noexcept;
    /// The same, and others may have a shared one.
    [[nodiscard]] bool try_lock_shared() noexcept;
    void unlock() noexcept;
    /// Who holds a lock, by proc_locks(5). Returns: 0 when that is not to be seen.
    [[nodiscard]] int holder() const;

    [[nodiscard]] std::string read(std::size_t most) const;
    /// pwrite(2) and fdatasync(2). Returns: 0 or errno; a part may be there then.
    [[nodiscard]] int write_durably(std::uint64_t offset, std::string_view bytes) noexcept;

private:
    unique_fd fd_;
};

/// Bytes of a file. Returns: 0 where there is none.
[[nodiscard]] std::uint64_t file_size(const std::string& path) noexcept;

}  // namespace lastcall::sys
