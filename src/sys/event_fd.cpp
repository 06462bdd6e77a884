#include "sys/event_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace lastcall::sys {

int make_event() {
    const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    return fd;
}

void signal_event(int fd) noexcept {
    const std::uint64_t one = 1;
    // EAGAIN means that the counter is at its maximum, and so readable. A
    // non-blocking eventfd is not interrupted.
    [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
}

void clear_event(int fd) noexcept {
    std::uint64_t value = 0;
    [[maybe_unused]] const auto got = ::read(fd, &value, sizeof value);
}

void replace_event(int fd) noexcept {
    const int fresh = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ::dup3(fresh, fd, O_CLOEXEC);
    ::close(fresh);
}

bool wait_readable(int fd, std::chrono::steady_clock::time_point until) noexcept {
    using namespace std::chrono;
    for (;;) {
        const auto left = std::max(until - steady_clock::now(), steady_clock::duration::zero());
        const auto whole = duration_cast<seconds>(left);
        const timespec limit{static_cast<time_t>(whole.count()),
                             static_cast<long>(duration_cast<nanoseconds>(left - whole).count())};
        pollfd p{fd, POLLIN, 0};
        const int n = ::ppoll(&p, 1, &limit, nullptr);
        if (n > 0) {
            return true;
        }
        // EINTR: a handler of the application ran; the limit is absolute, so look again.
        if (n == 0 || errno != EINTR) {
            return false;
        }
    }
}

}  // namespace lastcall::sys
