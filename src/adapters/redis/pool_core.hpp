// What a redis_pool and its leases share.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include <lastcall/redis.hpp>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/endpoint.hpp"
#include "sys/fd.hpp"

namespace lastcall::detail {

class redis_pool_core {
public:
    /// Connects once. Errors: std::invalid_argument, redis_error (unreachable).
    explicit redis_pool_core(redis_options options);

    /// Returns: a connection that is open, or null when the pool is draining.
    std::unique_ptr<redis::connection> take(label what, pass& entered);
    void give_back(std::unique_ptr<redis::connection> used) noexcept;

    void drain() noexcept;
    void close(redis::time_point until) noexcept;
    void force() noexcept;

    [[nodiscard]] gate& door() noexcept { return gate_; }
    [[nodiscard]] const redis_options& options() const noexcept { return options_; }
    [[nodiscard]] const redis::endpoint& where() const noexcept { return where_; }
    [[nodiscard]] redis::timeouts limits() const noexcept {
        return {options_.connect_timeout, options_.command_timeout};
    }

private:
    redis_options options_;
    redis::endpoint where_;
    gate gate_;
    sys::unique_fd cut_;  // an eventfd: set once, by force
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<redis::connection>> idle_;  // the last used at the back
    std::size_t made_ = 0;  // idle and busy, never above options_.size
    bool draining_ = false;
    bool closed_ = false;  // what comes back is not kept
};

}  // namespace lastcall::detail
