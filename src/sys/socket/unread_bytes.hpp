// What a connection of another process has received and that process has not read yet.
//
// The socket is copied (pidfd_getfd(2)), looked at (MSG_PEEK) and let go of: nothing is taken from
// it. The copy needs the right to trace the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace lastcall::sys {

struct unread_bytes {
    std::size_t count = 0;  ///< all of them
    std::string start;      ///< as they are; the first of them
    [[nodiscard]] bool is_whole() const noexcept { return start.size() == count; }
};

/// `inode`  of the socket at descriptor `number` of process `pid`
/// Returns: nothing when it may not be looked at, is another one by now, or is read with
///          SO_PEEK_OFF, which a look would move. errno is EPERM in the first case.
[[nodiscard]] std::optional<unread_bytes> peek_at(int pid, int number, std::uint64_t inode);

}  // namespace lastcall::sys
