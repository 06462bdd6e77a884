// Event loops that are asked whether they still answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <lastcall/health.hpp>

namespace lastcall::runtime {

using time_point = std::chrono::steady_clock::time_point;

/// A loop that has not answered within its limit, to be reported once.
struct blocked_loop {
    std::string name;
    std::chrono::milliseconds silent;
    int thread;  ///< where it last answered; 0: never did
};

/// It as a text for people, with the stack of its thread.
/// Blocks: until that thread has written it down, 50 ms at most.
std::string describe(const blocked_loop& loop);

class heartbeats {
public:
    /// Errors: std::invalid_argument.
    void watch(std::string name, std::chrono::milliseconds limit, health::poster post);
    void unwatch(const std::string& name) noexcept;
    [[nodiscard]] bool has(const std::string& name) const;

    /// Asks the loops whose turn it is. Returns those found blocked for the first time.
    std::vector<blocked_loop> beat(time_point now);

    /// When `beat` should be called next; empty without loops.
    [[nodiscard]] std::optional<time_point> next() const;

    [[nodiscard]] std::vector<check_result> results(time_point now) const;

private:
    struct loop;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<loop>> loops_;
};

}  // namespace lastcall::runtime
