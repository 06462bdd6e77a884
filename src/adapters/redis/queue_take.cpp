// Taking jobs, one thread at a time, and the end of that.
#include "adapters/redis/queue_core.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "sys/event_fd.hpp"

namespace lastcall::detail {

namespace {

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
