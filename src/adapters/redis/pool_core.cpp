#include "adapters/redis/pool_core.hpp"

#include <algorithm>
#include <stdexcept>

#include "sys/event_fd.hpp"

namespace lastcall::detail {

namespace {

redis_options checked(redis_options options) {
    using std::chrono::milliseconds;
    if (options.size == 0) {
        throw std::invalid_argument("redis pool '" + options.name + "': size must be above 0");
    }
    if (options.connect_timeout <= milliseconds{0} || options.command_timeout <= milliseconds{0}) {
        throw std::invalid_argument("redis pool '" + options.name +
                                    "': timeouts must be above 0 ms");
    }
    return options;
}

}  // namespace

redis_pool_core::redis_pool_core(redis_options options)
    : options_(checked(std::move(options))),
      where_(redis::parse_endpoint(options_.url)),
      gate_(options_.name),
      cut_(sys::make_event()) {
    auto first = std::make_unique<redis::connection>(where_, limits(), cut_.get());
    first->open();
    idle_.reserve(options_.size);  // so that giving back cannot fail
    idle_.push_back(std::move(first));
    made_ = 1;
}

std::unique_ptr<redis::connection> redis_pool_core::take(label what, pass& entered) {
    std::unique_ptr<redis::connection> mine;
    {
        std::unique_lock lock(mutex_);
        const auto until = clock::now() + options_.command_timeout;
        const bool free = changed_.wait_until(
            lock, until, [this] { return draining_ || !idle_.empty() || made_ < options_.size; });
        if (draining_) {
            return nullptr;
        }
        if (!free) {
            throw redis_error(redis_fault::timeout, "redis pool '" + options_.name + "': all " +
                                                        std::to_string(options_.size) +
                                                        " connections stayed busy");
        }
        if (idle_.empty()) {
            mine = std::make_unique<redis::connection>(where_, limits(), cut_.get());
            ++made_;
        } else {
            mine = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    entered = gate_.try_enter(what);
    if (!entered) {
        give_back(std::move(mine));
        return nullptr;
    }
    try {
        if (!mine->is_usable()) {
            mine->open();
        }
    } catch (...) {
        give_back(std::move(mine));
        entered.end();
        throw;
    }
    return mine;
}

void redis_pool_core::give_back(std::unique_ptr<redis::connection> used) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        --made_;
    } else {
        idle_.push_back(std::move(used));
    }
    changed_.notify_one();
}

void redis_pool_core::drain() noexcept {
    gate_.close();
    const std::lock_guard lock(mutex_);
    draining_ = true;
    changed_.notify_all();
}

void redis_pool_core::close(redis::time_point until) noexcept {
    drain();
    std::vector<std::unique_ptr<redis::connection>> last;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        last.swap(idle_);
        made_ -= last.size();
    }
    until = std::min(until, clock::now() + options_.command_timeout);
    for (const auto& one : last) {
        one->quit(until);
    }
}

void redis_pool_core::force() noexcept { sys::signal_event(cut_.get()); }

}  // namespace lastcall::detail
