// What happens behind the requests: threads that wait for the database, and the workers
// that ship orders.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <lastcall/redis.hpp>
#include <lastcall/worker.hpp>
#include <memory>
#include <optional>

#include "feed.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "store.hpp"

namespace orders {

/// Threads on which handlers may block. Closes when those who use it have ended.
class blocking_threads {
public:
    blocking_threads(lastcall::lifecycle& life, const store& db, unsigned count);
    ~blocking_threads();

    template <class Work>
    void run(Work work) {
        boost::asio::post(pool_, std::move(work));
    }

private:
    boost::asio::thread_pool pool_;
};

/// Ships orders. With `queue: db` the workers take the jobs from the database itself. With
/// Redis, a relay moves each job from the database to Redis after its commit, and the
/// workers take them there; a job may then be seen twice, and ships once.
class workers {
public:
    workers(lastcall::lifecycle& life, const options& o, store& db, feed& news, metrics& numbers);

    /// Queue calls that threw, of all pools.
    [[nodiscard]] std::size_t queue_failures() const;

private:
    using action = lastcall::job_outcome (workers::*)(const lastcall::job&, const std::stop_token&);
    /// Runs one attempt, and counts it when it fails by itself.
    lastcall::worker_pool::handler attempt(action what);
    lastcall::job_outcome ship_from_db(const lastcall::job& job, const std::stop_token& forced);
    lastcall::job_outcome ship_from_redis(const lastcall::job& job, const std::stop_token& forced);
    bool take_time(const std::stop_token& forced) const;
    void tell(const std::string& order_id);

    std::chrono::milliseconds job_time_;
    store& db_;
    feed& news_;
    metrics& numbers_;
    std::optional<lastcall::redis_pool> redis_;
    std::optional<lastcall::redis_queue> redis_queue_;
    std::optional<lastcall::worker_pool> relay_;
    std::optional<lastcall::worker_pool> pool_;
};

}  // namespace orders
