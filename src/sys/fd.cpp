#include "sys/fd.hpp"

#include <unistd.h>

namespace lastcall::sys {

void close_fd(int fd) noexcept { ::close(fd); }

}  // namespace lastcall::sys
