#include "adapters/redis/queue_core.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
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

std::chrono::milliseconds left_until(redis::time_point until) {
    return std::max(std::chrono::milliseconds{0},
                    std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()));
}

}  // namespace

/// The right to fetch. Empty when the queue was woken, or `until` passed first.
class redis_queue_core::turn {
public:
    turn(redis_queue_core& of, redis::time_point until, bool also_when_woken = false) : of_(of) {
        std::unique_lock lock(of_.mutex_);
        const bool decided = of_.changed_.wait_until(
            lock, until, [&] { return !of_.turn_taken_ || (of_.woken_ && !also_when_woken); });
        if (decided && !of_.turn_taken_ && (!of_.woken_ || also_when_woken)) {
            of_.turn_taken_ = true;
            mine_ = true;
        }
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
        if (mine_) {
            const std::lock_guard lock(of_.mutex_);
            of_.turn_taken_ = false;
            of_.changed_.notify_all();
        }
    }
    [[nodiscard]] explicit operator bool() const noexcept { return mine_; }

private:
    redis_queue_core& of_;
    bool mine_ = false;
};

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

std::vector<job> redis_queue_core::take(std::size_t most, std::chrono::milliseconds wait) {
    const auto until = clock::now() + wait;
    const turn mine(*this, until);
    if (!mine) {
        return {};
    }
    try {
        return fetch(most, until);
    } catch (const redis_error&) {
        taker_.drop();
        suspect_ = true;
        const std::lock_guard lock(mutex_);
        if (woken_) {
            return {};
        }
        throw;
    }
}

std::vector<job> redis_queue_core::fetch(std::size_t most, redis::time_point until) {
    prepare_taker();
    const redis::runner over = [this](std::span<const redis_word> words) {
        return taker_.run(words);
    };
    std::string first;
    for (;;) {
        const redis_reply answer = scripts_.take.run(
            over, {keys_.queue, keys_.processing, keys_.payloads, keys_.attempts, keys_.delayed},
            {most, first});
        std::vector<job> jobs = hold(answer.items().at(1));
        auto left = left_until(until);
        if (!jobs.empty() || left.count() == 0) {
            return jobs;
        }
        if (const long long due = answer.items().at(0).number(); due >= 0) {
            left = std::min(left, std::chrono::milliseconds(due + 1));
        }
        // Never 0, which BLMOVE takes for no limit.
        std::array<char, 32> seconds{};
        std::snprintf(seconds.data(), seconds.size(), "%.3f",
                      static_cast<double>(std::max<long long>(left.count(), 1)) / 1e3);
        const std::array<redis_word, 6> wait{"BLMOVE", keys_.queue, keys_.processing,
                                             "LEFT",   "RIGHT",     seconds.data()};
        const redis_reply moved = taker_.run(wait, left + pool_->options().command_timeout);
        first = moved.is_nil() ? std::string{} : moved.text();
    }
}

std::vector<job> redis_queue_core::hold(const redis_reply& taken) {
    std::vector<job> jobs;
    const std::lock_guard lock(mutex_);
    for (const redis_reply& one : taken.items()) {
        job next{one.items().at(0).text(), one.items().at(1).text(),
                 static_cast<int>(one.items().at(2).number()) + 1};
        held_.insert(next.id);
        jobs.push_back(std::move(next));
    }
    return jobs;
}

void redis_queue_core::prepare_taker() {
    if (!taker_.is_usable()) {
        suspect_ = suspect_ || taker_id_.has_value();
        taker_.open();
    }
    const redis::runner over = [this](std::span<const redis_word> words) {
        return taker_.run(words);
    };
    if (suspect_) {
        kill_lost_client(over);
        give_back_unknown();
        suspect_ = false;
        taker_id_.reset();
    }
    if (!taker_id_) {
        const std::array<redis_word, 2> who{"CLIENT", "ID"};
        taker_id_ = taker_.run(who).number();
    }
}

/// A server that has not yet seen the end of a lost connection can still move a job for
/// it. Killing the client on the server settles that.
/// Returns: whether no such client is left; false when this user may not kill.
bool redis_queue_core::kill_lost_client(const redis::runner& over) {
    if (!taker_id_) {
        return true;
    }
    try {
        const std::array<redis_word, 4> kill{"CLIENT", "KILL", "ID", *taker_id_};
        over(kill);
        return true;
    } catch (const redis_error& error) {
        if (error.fault() != redis_fault::refused) {
            throw;
        }
        return false;
    }
}

void redis_queue_core::give_back_unknown() {
    const std::array<redis_word, 4> list{"LRANGE", keys_.processing, 0, -1};
    const redis_reply listed = taker_.run(list);
    for (auto id = listed.items().rbegin(); id != listed.items().rend(); ++id) {
        bool is_known = false;
        {
            const std::lock_guard lock(mutex_);
            is_known =
                held_.contains(id->text()) || std::ranges::find(owed_, id->text()) != owed_.end();
        }
        if (!is_known) {
            scripts_.put_back.run([this](auto words) { return taker_.run(words); },
                                  {keys_.processing, keys_.queue}, {id->text()});
        }
    }
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

void redis_queue_core::wake() noexcept {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        changed_.notify_all();
    }
    sys::signal_event(woken_event_.get());
}

void redis_queue_core::leave(redis::time_point until) {
    wake();
    const turn last(*this, until, true);
    if (!last) {
        throw redis_error(redis_fault::timeout,
                          "redis queue '" + options_.name + "': a take did not return in time");
    }
    redis::connection own(pool_->where(), pool_->limits(), forced_event_.get());
    own.open();
    const redis::runner over = [&](std::span<const redis_word> words) { return own.run(words); };
    const bool is_clean = kill_lost_client(over);
    taker_.drop();
    deliver_owed(over);
    scripts_.leave.run(over, {keys_.processing, keys_.queue, keys_.alive, keys_.instances},
                       {instance_, is_clean ? 1 : 0});
    left_ = true;
    const std::lock_guard lock(mutex_);
    held_.clear();
    own.quit(until);
}

void redis_queue_core::force() noexcept {
    wake();
    sys::signal_event(forced_event_.get());
}

}  // namespace lastcall::detail
