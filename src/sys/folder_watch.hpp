// Whether something in a folder changes: inotify(7).
#pragma once

#include <string>

#include "sys/fd.hpp"

namespace lastcall::sys {

class folder_watch {
public:
    /// From now on: files that are written, made, or renamed into it, and those alone.
    /// Errors: std::system_error naming the folder (ENOENT; EMFILE, ENOSPC: the user's limits).
    explicit folder_watch(const std::string& folder);

    /// Readable when something has changed since the last `take`. Non-blocking, close-on-exec.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Takes what has changed, however much it is. Never blocks.
    void take() noexcept;

private:
    unique_fd fd_;
};

}  // namespace lastcall::sys
