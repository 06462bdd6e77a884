// Waits for any number of descriptors with one limit in time: ppoll(2). The set is made anew
// for each wait: there is nothing to keep in step with what is open.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace lastcall::sys {

class poll_set {
public:
    void clear() noexcept { all_.clear(); }
    /// A negative `fd` is passed over. Returns: its place, for `is_ready`.
    std::size_t watch(int fd, bool readable = true, bool writable = false);

    /// Blocks until one is ready or CLOCK_MONOTONIC has reached `until`.
    void wait(std::optional<std::chrono::nanoseconds> until) noexcept;

    /// Ready as it was asked for, or broken.
    [[nodiscard]] bool is_ready(std::size_t place) const noexcept {
        return all_[place].revents != 0;
    }
    [[nodiscard]] bool is_writable(std::size_t place) const noexcept {
        return (all_[place].revents & (POLLOUT | POLLERR | POLLHUP)) != 0;
    }

private:
    std::vector<pollfd> all_;
};

}  // namespace lastcall::sys
