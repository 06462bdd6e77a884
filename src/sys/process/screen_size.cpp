#include "sys/process/screen_size.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace lastcall::sys {

bool is_terminal(int fd) noexcept { return ::isatty(fd) == 1; }

int terminal_columns(int fd) noexcept {
    winsize size{};
    return ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace lastcall::sys
