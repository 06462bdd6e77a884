#include "adapters/redis/queue_core.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "sys/event_fd.hpp"

namespace lastcall::detail {

namespace {

constexpr std::chrono::hours forget_after{1};

redis_queue_options checked(redis_queue_options options) {
    const std::string who = "redis queue '" + options.name + "': ";
    if (options.prefix.empty()) {
        throw std::invalid_argument(who + "the prefix is empty");
    }
    if (options.max_attempts < 1) {
        throw std::invalid_argument(who + "max_attempts must be above 0");
    }
    if (options.lifetime < std::chrono::seconds{1}) {
        throw std::invalid_argument(who + "lifetime must be at least 1 s");
    }
    if (options.retry_delay < std::chrono::milliseconds{0}) {
        throw std::invalid_argument(who + "retry_delay must not be negative");
    }
    return options;
}

bool is_in_doubt(const redis_error& error) {
    return error.fault() == redis_fault::lost || error.fault() == redis_fault::timeout;
}

}  // namespace

redis_queue_core::redis_queue_core(std::shared_ptr<redis_pool_core> pool,
                                   redis_queue_options options)
    : pool_(std::move(pool)),
      options_(checked(std::move(options))),
      instance_(redis::instance_name()),
      pooled_([this](std::span<const redis_word> words) { return over_pool(words); }),
      repeated_([this](std::span<const redis_word> words) { return over_pool_twice(words); }),
      woken_event_(sys::make_event()),
      forced_event_(sys::make_event()),
      taker_(pool_->where(), pool_->limits(), woken_event_.get()) {
    const std::string at = options_.prefix + ":";
    keys_ = {at + "queue",
             at + "delayed",
             at + "processing:" + instance_,
             at + "payloads",
             at + "attempts",
             at + "errors",
             at + "dead",
             at + "sequence",
             at + "instances",
             at + "alive:" + instance_};
    scripts_.load(repeated_);
    scripts_.renew.run(repeated_, {keys_.alive, keys_.instances},
                       {instance_, options_.lifetime.count()});
    recover_crashed();
}

redis_queue_core::~redis_queue_core() {
    if (!left_) {
        try {
            leave(clock::now() + options_.lifetime);
        } catch (...) {
            // The sign of life expires, and another instance takes back what is left.
        }
    }
}

redis_reply redis_queue_core::over_pool(std::span<const redis_word> words) {
    pass entered;
    std::unique_ptr<redis::connection> mine = pool_->take("redis queue", entered);
    if (mine == nullptr) {
        throw redis_error(redis_fault::closed,
                          "redis queue '" + options_.name + "': its pool is draining");
    }
    struct loan {
        redis_pool_core& pool;
        std::unique_ptr<redis::connection>& what;
        ~loan() { pool.give_back(std::move(what)); }
    } const back{*pool_, mine};
    return mine->run(words);
}

/// Once more on another connection if the first one broke. Right for scripts that find
/// their work done when they run again.
redis_reply redis_queue_core::over_pool_twice(std::span<const redis_word> words) {
    try {
        return over_pool(words);
    } catch (const redis_error& error) {
        if (!is_in_doubt(error)) {
            throw;
        }
    }
    return over_pool(words);
}

std::string redis_queue_core::enqueue(std::string_view payload) {
    return scripts_.enqueue.run(pooled_, {keys_.sequence, keys_.payloads, keys_.queue}, {payload})
        .text();
}

void redis_queue_core::finish_over(const redis::runner& over, const std::string& id) const {
    scripts_.finish.run(over,
                        {keys_.processing, keys_.queue, keys_.delayed, keys_.payloads,
                         keys_.attempts, keys_.errors},
                        {id});
}

void redis_queue_core::finish(const std::string& id) {
    try {
        finish_over(repeated_, id);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        owed_.push_back(id);
        held_.erase(id);
        throw;
    }
    forget(id);
}

void redis_queue_core::put_back(const std::string& id) {
    // Forgotten first: if the server cannot be told, the next turn finds the job in the
    // list, in nobody's hands, and gives it back.
    forget(id);
    scripts_.put_back.run(repeated_, {keys_.processing, keys_.queue}, {id});
}

void redis_queue_core::fail(const std::string& id, std::string_view why) {
    forget(id);
    scripts_.fail.run(
        repeated_,
        {keys_.processing, keys_.queue, keys_.delayed, keys_.dead, keys_.attempts, keys_.errors},
        {id, why, options_.max_attempts, options_.retry_delay.count()});
}

void redis_queue_core::forget(const std::string& id) noexcept {
    const std::lock_guard lock(mutex_);
    held_.erase(id);
}

void redis_queue_core::renew() {
    scripts_.renew.run(repeated_, {keys_.alive, keys_.instances},
                       {instance_, options_.lifetime.count()});
    deliver_owed(repeated_);
    bool is_time = false;
    {
        const std::lock_guard lock(mutex_);
        is_time = clock::now() - recovered_ >= options_.lifetime;
    }
    if (is_time) {
        recover_crashed();
    }
}

void redis_queue_core::recover_crashed() {
    {
        const std::lock_guard lock(mutex_);
        recovered_ = clock::now();
    }
    const std::array<redis_word, 4> list{"ZRANGE", keys_.instances, 0, -1};
    for (const redis_reply& one : repeated_(list).items()) {
        const std::string& who = one.text();
        if (who != instance_) {
            const std::string at = options_.prefix + ":";
            scripts_.recover.run(
                repeated_,
                {at + "alive:" + who, at + "processing:" + who, keys_.instances, keys_.queue,
                 keys_.dead, keys_.attempts, keys_.errors},
                {who, options_.max_attempts, std::chrono::milliseconds(forget_after).count()});
        }
    }
}

void redis_queue_core::deliver_owed(const redis::runner& over) {
    for (;;) {
        std::string id;
        {
            const std::lock_guard lock(mutex_);
            if (owed_.empty()) {
                return;
            }
            id = owed_.back();
        }
        finish_over(over, id);
        const std::lock_guard lock(mutex_);
        std::erase(owed_, id);
    }
}

redis_queue_counts redis_queue_core::counts() {
    const auto ask = [this](std::string_view command, const std::string& key) {
        const std::array<redis_word, 2> words{command, key};
        return static_cast<std::size_t>(over_pool_twice(words).number());
    };
    return {.waiting = ask("LLEN", keys_.queue),
            .delayed = ask("ZCARD", keys_.delayed),
            .held = ask("LLEN", keys_.processing),
            .dead = ask("LLEN", keys_.dead)};
}

}  // namespace lastcall::detail
