// How many wrong tokens an address may send before it is told to wait.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace lastcall::agent {

/// Right tokens are never held up by it: who shares an address with an attacker is not locked
/// out, and a token of 256 random bits needs no help against guessing. What it bounds is the
/// noise that failures make.
class failure_limit {
public:
    using time = std::chrono::steady_clock::time_point;

    failure_limit(unsigned most, std::chrono::seconds window) : most_(most), window_(window) {}

    /// Notes a failure of `address`. Returns: whether there were more than `most` within the
    /// window. Addresses beyond the first thousand share one count.
    /// Threads: any.
    [[nodiscard]] bool note(const std::string& address, time now) {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= most_addresses && !seen_.contains(address)) {
            std::erase_if(seen_, [&](const auto& one) { return one.second.since + window_ < now; });
        }
        const bool has_room = seen_.size() < most_addresses || seen_.contains(address);
        count& one = seen_[has_room ? address : std::string()];
        if (one.failures == 0 || one.since + window_ < now) {
            one = {now, 0};
        }
        return ++one.failures > most_;
    }

    [[nodiscard]] std::chrono::seconds window() const noexcept { return window_; }

private:
    struct count {
        time since{};
        unsigned failures = 0;
    };
    static constexpr std::size_t most_addresses = 1'000;
    const unsigned most_;
    const std::chrono::seconds window_;
    std::mutex mutex_;
    std::map<std::string, count> seen_;
};

}  // namespace lastcall::agent
