#include "sys/epoll.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace lastcall::sys {

epoll::epoll() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!fd_) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

void epoll::add(int fd, std::uint64_t tag) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = tag;
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

void epoll::remove(int fd) noexcept { ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const std::uint64_t> epoll::wait(
    std::optional<std::chrono::steady_clock::time_point> until) noexcept {
    using namespace std::chrono;
    // Rounded up, so that the moment has passed when the call returns for it.
    int limit = -1;
    if (until) {
        const auto left = ceil<milliseconds>(*until - steady_clock::now()).count();
        limit = static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
    }
    std::array<epoll_event, at_once> events{};
    const int n = ::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()), limit);
    // EINTR: a handler of the application ran; the caller looks at the time anyway.
    const auto count = static_cast<std::size_t>(std::max(n, 0));
    for (std::size_t i = 0; i < count; ++i) {
        tags_[i] = events[i].data.u64;
    }
    return {tags_.data(), count};
}

}  // namespace lastcall::sys
