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
    static constexpr std::size_t nowhere = most;  ///< the place of what is not watched

    /// Forgets the descriptors, for the next turn.
    void clear() noexcept { count_ = 0; }

    /// Waits for `fd` to be readable, or writable. A negative `fd` is left out.
    /// Returns: its place, for `is_ready`; by number, what is opened in the place of one that
    /// was closed since would be taken for it.
    std::size_t watch(int fd, bool writable = false) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Blocks until one is ready or CLOCK_MONOTONIC has reached `until`.
    void wait(std::optional<std::chrono::nanoseconds> until) noexcept;

    /// After `wait`: whether what is watched there was ready, or broken.
    [[nodiscard]] bool is_ready(std::size_t place) const noexcept {
        return place < count_ && all_[place].ready;
    }

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
