// Waiting for events in tests, with one ceiling for all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <lastcall/lifecycle.hpp>

namespace lastcall::testing {

inline constexpr std::chrono::seconds ceiling{20};

/// A number that only grows, and that can be waited for.
class counter {
public:
    void add(int n = 1) {
        const std::lock_guard lock(mutex_);
        value_ += n;
        changed_.notify_all();
    }
    [[nodiscard]] int value() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    /// Returns: false when the ceiling was reached.
    [[nodiscard]] bool wait_for(int least) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, ceiling, [&] { return value_ >= least; });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    int value_ = 0;
};

/// A lifecycle that says nothing and has no lame duck.
inline lifecycle_options quiet_service(std::chrono::milliseconds grace = ceiling) {
    lifecycle_options options;
    options.service = "test";
    options.grace = grace;
    options.duck = lame_duck::none();
    options.log = [](std::string_view) {};
    return options;
}

/// The drain as it is, and a drain that waits for nothing. Each stop scenario is run with
/// both, and has to find fault with the second.
enum class drain_kind { real, null };

}  // namespace lastcall::testing
