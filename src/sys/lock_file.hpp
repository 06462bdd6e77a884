// A file that one process at a time holds: flock(2). The lock lasts as long as a descriptor of
// that open file is there, in whichever process, so it can be handed on to a child.
#pragma once

#include <chrono>
#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct file_lock {
    unique_fd fd;   ///< empty: somebody else holds it
    int owner = 0;  ///< who holds it, by what is written in the file; 0: it does not say
};

/// Makes the file where it is missing (mode 0600), and never waits.
/// Errors: std::system_error with the path.
[[nodiscard]] file_lock try_lock_file(const std::string& path);

/// The one who holds it now, by what is written in the file; 0: it does not say.
/// Blocks: up to `limit`, while the file names somebody who is gone: whoever took the lock just
/// now has not written yet.
[[nodiscard]] int wait_lock_owner(const std::string& path, std::chrono::milliseconds limit);

/// Writes into a locked file who holds it now.
void name_lock_owner(int fd, int pid) noexcept;

}  // namespace lastcall::sys
