#include "sys/process/terminal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace lastcall::sys {

terminal::terminal() noexcept : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}

int terminal::foreground() const noexcept { return fd_ ? ::tcgetpgrp(fd_.get()) : -1; }

bool terminal::is_ours() const noexcept { return foreground() == ::getpgrp(); }

int terminal::give_to(int group) const noexcept {
    return ::tcsetpgrp(fd_.get(), group) == 0 ? 0 : errno;
}

void terminal::give_up() noexcept {
    if (!fd_) {
        return;
    }
    const bool leads = ::getsid(0) == ::getpid();
    ::ioctl(fd_.get(), TIOCNOTTY);
    fd_.reset();
    if (leads) {
        // A session leader that lets go of its terminal hangs its own group up: ioctl_tty(2).
        sigset_t hangup;
        ::sigemptyset(&hangup);
        ::sigaddset(&hangup, SIGHUP);
        ::sigaddset(&hangup, SIGCONT);
        const timespec now{};
        while (::sigtimedwait(&hangup, nullptr, &now) > 0) {
        }
    }
}

}  // namespace lastcall::sys
