// Waits for a few descriptors with one limit in time: ppoll(2). For a handful of them it
// costs one call less than epoll, and there is no timer to arm and to read.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace lastcall::sys {

class waiter {
public:
    static constexpr std::size_t most = 6;

    /// Forgets the descriptors, for the next turn.
    void clear() noexcept { count_ = 0; }

    /// Waits for `fd` to be readable, or writable. A negative `fd` is left out.
    void watch(int fd, bool writable = false) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Blocks until one is ready or CLOCK_MONOTONIC has reached `until`.
    void wait(std::optional<std::chrono::nanoseconds> until) noexcept;

    /// After `wait`: whether `fd` was ready, or broken.
    [[nodiscard]] bool is_ready(int fd) const noexcept;

private:
    struct watched {
        int fd;
        bool writable;
        bool ready;
    };
    std::array<watched, most> all_{};
    std::size_t count_ = 0;
};

}  // namespace lastcall::sys
