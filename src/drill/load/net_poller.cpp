#include "drill/load/net_poller.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>
#include <system_error>

namespace lastcall::drill {
namespace {

void control(int poller, int what, int fd, io_handler& handler, bool want_readable,
             bool want_writable) {
    epoll_event event{};
    event.events = (want_readable ? static_cast<std::uint32_t>(EPOLLIN | EPOLLRDHUP) : 0U) |
                   (want_writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.ptr = &handler;
    if (::epoll_ctl(poller, what, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

}  // namespace

net_poller::net_poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!fd_) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

void net_poller::add(int fd, io_handler& handler, bool want_readable, bool want_writable) {
    control(fd_.get(), EPOLL_CTL_ADD, fd, handler, want_readable, want_writable);
}

void net_poller::change(int fd, io_handler& handler, bool want_readable, bool want_writable) {
    control(fd_.get(), EPOLL_CTL_MOD, fd, handler, want_readable, want_writable);
}

void net_poller::remove(int fd, io_handler& handler) noexcept {
    ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (std::size_t i = 0; i < batch_size_; ++i) {
        if (batch_[i].handler == &handler) {
            batch_[i].handler = nullptr;
        }
    }
}

void net_poller::wait(moment until) {
    const auto left = std::max<std::int64_t>(0, nanoseconds(until) - nanoseconds(clock::now()));
    const timespec limit{static_cast<std::time_t>(left / 1'000'000'000),
                         static_cast<long>(left % 1'000'000'000)};
    std::array<epoll_event, 256> events{};
    static_assert(events.size() == std::tuple_size_v<decltype(batch_)>);
    const int count =
        ::epoll_pwait2(fd_.get(), events.data(), static_cast<int>(events.size()), &limit, nullptr);
    if (count < 0) {
        if (errno == EINTR) {  // the caller's loop looks at the clock and waits again
            return;
        }
        throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
    }
    batch_size_ = static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < batch_size_; ++i) {
        batch_[i] = {static_cast<io_handler*>(events[i].data.ptr), events[i].events};
    }
    for (std::size_t i = 0; i < batch_size_; ++i) {
        // Read again for each: a handler may have removed a later one.
        if (const auto [handler, happened] = batch_[i]; handler != nullptr) {
            const bool over = (happened & (EPOLLHUP | EPOLLERR)) != 0;
            handler->on_io(over || (happened & (EPOLLIN | EPOLLRDHUP)) != 0,
                           over || (happened & EPOLLOUT) != 0, over);
        }
    }
    batch_size_ = 0;
}

}  // namespace lastcall::drill
