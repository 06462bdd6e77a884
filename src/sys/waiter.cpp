#include "sys/waiter.hpp"

#include <poll.h>
#include <time.h>

#include <algorithm>

#include "sys/clock.hpp"

namespace lastcall::sys {

std::size_t waiter::watch(int fd, bool writable) noexcept {
    if (fd < 0 || count_ == most) {
        return nowhere;
    }
    all_[count_] = {fd, writable, false};
    return count_++;
}

void waiter::wait(std::optional<std::chrono::nanoseconds> until) noexcept {
    std::array<pollfd, most> polled{};
    for (std::size_t i = 0; i < count_; ++i) {
        polled[i] = {all_[i].fd, static_cast<short>(all_[i].writable ? POLLOUT : POLLIN), 0};
    }
    timespec limit{};
    if (until) {
        const auto left = std::max(*until - monotonic_now(), std::chrono::nanoseconds(0));
        limit.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
        limit.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
    }
    // EINTR and a limit that has come are the same to the caller: nothing is ready.
    const int ready = ::ppoll(polled.data(), count_, until ? &limit : nullptr, nullptr);
    for (std::size_t i = 0; i < count_; ++i) {
        all_[i].ready = ready > 0 && polled[i].revents != 0;
    }
}

}  // namespace lastcall::sys
