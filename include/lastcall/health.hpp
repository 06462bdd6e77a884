// Readiness and liveness, with named checks.
//
// Readiness asks whether new work should be routed here: it is bad before `ready`,
// from the first moment of a stop, and while a readiness check fails. Liveness asks
// whether the process should be restarted: it is bad while a liveness check fails or
// an event loop has not answered for its limit. A stop never makes liveness bad.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <lastcall/state.hpp>

namespace lastcall {

struct check_result {
    std::string name;
    bool good = true;
    std::string detail;  ///< why it is bad; empty when good
};

struct health_status {
    bool good = true;
    lastcall::state state = state::starting;
    std::vector<check_result> checks;

    /// One JSON object on one line: {"good":…,"state":"…","checks":[…]}.
    [[nodiscard]] std::string json() const;
};

class health {
public:
    /// Returns an empty text when good, else why not. Runs on the thread that asks;
    /// must not block. A check that throws is bad, with what it threw.
    using check = std::function<std::string()>;

    /// Runs `task` on an event loop soon, from any thread: Asio's `post`.
    using poster = std::function<void(std::function<void()> task)>;

    /// Errors: std::invalid_argument: a name that is taken. Threads: any.
    void add_readiness(std::string name, check is_ready);
    void add_liveness(std::string name, check is_alive);

    /// Watches an event loop: posts to it and expects the answer within `limit`.
    ///
    /// A loop that does not answer makes liveness bad, and is reported once, with its
    /// name, how long, and the stack of its thread where it can be had; a loop that
    /// answers again makes it good. The loop is asked every quarter of `limit`.
    /// Errors:   std::invalid_argument: a name that is taken, a limit below 10 ms.
    /// Lifetime: `post` is called until `unwatch_loop(name)` has returned.
    void watch_loop(std::string name, std::chrono::milliseconds limit, poster post);
    void unwatch_loop(const std::string& name) noexcept;

    [[nodiscard]] health_status readiness() const;
    [[nodiscard]] health_status liveness() const;

    class impl;
    explicit health(impl& shared) noexcept : impl_(&shared) {}

private:
    impl* impl_;
};

}  // namespace lastcall
