// One instance of the queue: its waiting connection, what it holds, and its end.
//
// Only one thread at a time fetches (the turn). So the one command that can move a job
// without anybody here knowing it, a BLMOVE or take whose reply was cut off, belongs to
// a connection of which the next turn knows that it was lost: it kills what is left of it
// on the server, and gives back what is in the list and in nobody's hands.
// Rejected: a waiting connection for each thread. It saves a round trip under load, but
// then nobody can tell a lost job from one whose reply is on its way to another thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <lastcall/redis.hpp>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/pool_core.hpp"
#include "adapters/redis/script.hpp"
#include "sys/fd.hpp"

namespace lastcall::detail {

class redis_queue_core {
public:
    redis_queue_core(std::shared_ptr<redis_pool_core> pool, redis_queue_options options);
    redis_queue_core(const redis_queue_core&) = delete;
    redis_queue_core& operator=(const redis_queue_core&) = delete;
    ~redis_queue_core();

    std::string enqueue(std::string_view payload);
    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait);
    void finish(const std::string& id);
    void put_back(const std::string& id);
    void fail(const std::string& id, std::string_view why);
    void renew();
    redis_queue_counts counts();

    void wake() noexcept;

    /// Wakes the takers, then gives back everything and unregisters.
    /// Errors: redis_error; then the instance ends as a crashed one does.
    void leave(redis::time_point until);
    void force() noexcept;

    [[nodiscard]] const std::string& instance() const noexcept { return instance_; }
    [[nodiscard]] const redis_queue_options& options() const noexcept { return options_; }

private:
    class turn;

    std::vector<job> fetch(std::size_t most, redis::time_point until);
    std::vector<job> hold(const redis_reply& taken);
    void prepare_taker();
    bool kill_lost_client(const redis::runner& over);
    void give_back_unknown();
    void recover_crashed();
    void deliver_owed(const redis::runner& over);
    void finish_over(const redis::runner& over, const std::string& id) const;
    void forget(const std::string& id) noexcept;
    redis_reply over_pool(std::span<const redis_word> words);
    redis_reply over_pool_twice(std::span<const redis_word> words);

    struct keys {
        std::string queue, delayed, processing, payloads, attempts, errors, dead, sequence;
        std::string instances, alive;
    };

    std::shared_ptr<redis_pool_core> pool_;
    redis_queue_options options_;
    std::string instance_;
    keys keys_;
    redis::queue_scripts scripts_;  // loaded once, then constant
    const redis::runner pooled_;    // each command once, over any connection of the pool
    const redis::runner repeated_;  // for scripts that may run twice

    sys::unique_fd woken_event_;   // cuts the taker
    sys::unique_fd forced_event_;  // cuts the connection that leaves

    // Used by whoever has the turn, and by `leave` after the last turn.
    redis::connection taker_;
    std::optional<long long> taker_id_;  // the server's id of the client to kill
    bool suspect_ = false;               // the list may hold what nobody here knows

    std::mutex mutex_;
    std::condition_variable changed_;
    bool turn_taken_ = false;
    bool woken_ = false;
    bool left_ = false;
    std::unordered_set<std::string> held_;  // handed out, and not ended
    std::vector<std::string> owed_;         // finished, and the server may not know
    clock::time_point recovered_;
};

}  // namespace lastcall::detail
