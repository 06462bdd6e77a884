// The controlling terminal, and which process group is in its foreground: tcsetpgrp(3).
#pragma once

#include "sys/fd.hpp"

namespace lastcall::sys {

class terminal {
public:
    /// Opens /dev/tty; empty when this process has no controlling terminal.
    terminal() noexcept;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// The process group in the foreground; -1 when there is none.
    [[nodiscard]] int foreground() const noexcept;

    /// Whether this process's group is in the foreground.
    [[nodiscard]] bool is_ours() const noexcept;

    /// Puts `group` into the foreground. SIGTTOU must be blocked. Returns: 0 or errno.
    int give_to(int group) const noexcept;

    /// Gives up this controlling terminal, so that a child may take it: TIOCNOTTY. The
    /// session's SIGHUP and SIGCONT that come of it are taken off.
    void give_up() noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

private:
    unique_fd fd_;
};

}  // namespace lastcall::sys
