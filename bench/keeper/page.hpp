// A page of memory that the program below an init shares with the bench: what it is to do,
// and when it saw what. Both sides wait on its words by futex(2), so nothing is polled.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

namespace keeper_bench {

struct page {
    std::atomic<std::uint32_t> ready;     ///< 1: the program waits for signals, its tree is made
    std::atomic<std::uint32_t> received;  ///< signals so far
    std::atomic<std::uint32_t> go;        ///< raised by the bench: the next step of the role
    std::atomic<std::uint32_t> done;      ///< raised by the program: that step is done
    std::atomic<std::int64_t> at_ns;      ///< the latest signal, or the moment before the exit
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);

/// CLOCK_MONOTONIC, the same for all processes of the machine.
inline std::int64_t now_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Sets `word` and wakes all who wait for it.
inline void raise_to(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    word.store(value, std::memory_order_release);
    ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// Waits until `word` is at least `least`. Returns: false after `limit_s` seconds.
inline bool wait_at_least(std::atomic<std::uint32_t>& word, std::uint32_t least,
                          int limit_s) noexcept {
    const std::int64_t until = now_ns() + std::int64_t{limit_s} * 1'000'000'000;
    for (;;) {
        const std::uint32_t seen = word.load(std::memory_order_acquire);
        if (seen >= least) {
            return true;
        }
        const std::int64_t left = until - now_ns();
        if (left <= 0) {
            return false;
        }
        const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
        ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &limit, nullptr, 0);
    }
}

}  // namespace keeper_bench
