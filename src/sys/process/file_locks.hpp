// Who waits for whose lock of a file: flock(2), fcntl(2). proc(5), "/proc/locks".
#pragma once

#include <string_view>

namespace lastcall::sys {

/// `text`  of /proc/locks: who waits stands behind an arrow, below who has the lock
/// Returns: who has the lock that `waiting` waits for; 0: it waits for none.
[[nodiscard]] int holder_of_lock(std::string_view text, int waiting) noexcept;

/// The same of now.
[[nodiscard]] int holder_of_lock(int waiting);

}  // namespace lastcall::sys
