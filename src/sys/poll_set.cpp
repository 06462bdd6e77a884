#include "sys/poll_set.hpp"

#include <algorithm>
#include <ctime>

#include "sys/clock.hpp"

namespace lastcall::sys {

std::size_t poll_set::watch(int fd, bool readable, bool writable) {
    const int events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
    all_.push_back({fd, static_cast<short>(events), 0});
    return all_.size() - 1;
}

void poll_set::wait(std::optional<std::chrono::nanoseconds> until) noexcept {
    using std::chrono::nanoseconds;
    timespec limit{};
    if (until) {
        const auto left = std::max(nanoseconds(0), *until - monotonic_now());
        constexpr nanoseconds::rep second = 1'000'000'000;
        limit.tv_sec = left.count() / second;
        limit.tv_nsec = static_cast<long>(left.count() % second);
    }
    if (::ppoll(all_.data(), all_.size(), until ? &limit : nullptr, nullptr) < 0) {
        for (auto& one : all_) {
            one.revents = 0;  // EINTR: nothing is known of them
        }
    }
}

}  // namespace lastcall::sys
