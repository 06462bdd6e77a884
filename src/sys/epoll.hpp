// epoll(7) over a handful of descriptors, with one wait that takes a moment in time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "sys/fd.hpp"

namespace lastcall::sys {

class epoll {
public:
    /// Errors: std::system_error (EMFILE, ENFILE, ENOMEM).
    epoll();

    /// Reports `tag` while `fd` is readable. Errors: std::system_error.
    void add(int fd, std::uint64_t tag);
    void remove(int fd) noexcept;

    /// Waits for events, `until` at most; no `until`: without a limit.
    /// Returns: the tags that are ready, possibly none before `until` (a signal came);
    ///          valid until the next call. Allocates nothing.
    std::span<const std::uint64_t> wait(
        std::optional<std::chrono::steady_clock::time_point> until) noexcept;

private:
    static constexpr std::size_t at_once = 32;
    unique_fd fd_;
    std::array<std::uint64_t, at_once> tags_{};
};

}  // namespace lastcall::sys
