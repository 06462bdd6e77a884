#include "sys/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace lastcall::sys {

void close_fd(int fd) noexcept { ::close(fd); }

void occupy_standard_descriptors() noexcept {
    // The root is always there, /dev/null is not; by O_PATH, so that a write fails as it
    // would if the descriptor were closed.
    int fd = 0;
    do {
        fd = ::open("/", O_PATH | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        ::close(fd);
    }
}

}  // namespace lastcall::sys
