#include "work.hpp"

#include <condition_variable>
#include <mutex>

namespace orders {

using lastcall::job;
using lastcall::job_outcome;

blocking_threads::blocking_threads(lastcall::lifecycle& life, const store& db, unsigned count)
    : pool_(count) {
    life.add({.name = "db threads", .uses = {db.component()}, .close = [this] { pool_.join(); }});
}

blocking_threads::~blocking_threads() { pool_.join(); }

workers::workers(lastcall::lifecycle& life, const options& o, store& db, feed& news,
                 metrics& numbers)
    : job_time_(o.job_time), db_(db), news_(news), numbers_(numbers) {
    numbers.queue_failures = [this] { return queue_failures(); };
    if (o.queue == "db") {
        pool_.emplace(life,
                      lastcall::worker_options{
                          .name = "worker", .threads = o.workers, .uses = {db.component()}},
                      db.queue(), attempt(&workers::ship_from_db));
        return;
    }
    redis_.emplace(
        life, lastcall::redis_options{.name = "redis", .url = o.queue, .uses = lastcall::nothing});
    redis_queue_.emplace(life, *redis_,
                         lastcall::redis_queue_options{
                             .name = "redis queue", .prefix = "orders", .uses = {"redis"}});
    relay_.emplace(
        life,
        lastcall::worker_options{
            .name = "relay", .threads = 1, .prefetch = 16, .uses = {db.component(), "redis queue"}},
        db.queue(), [this](const job& j, const std::stop_token&) {
            redis_queue_->enqueue(j.payload);
            return job_outcome::done;
        });
    pool_.emplace(
        life,
        lastcall::worker_options{
            .name = "worker", .threads = o.workers, .uses = {db.component(), "redis queue"}},
        *redis_queue_, attempt(&workers::ship_from_redis));
}

std::size_t workers::queue_failures() const {
    return (pool_ ? pool_->queue_failures().count : 0) +
           (relay_ ? relay_->queue_failures().count : 0);
}

lastcall::worker_pool::handler workers::attempt(action what) {
    return [this, what](const job& j, const std::stop_token& forced) {
        try {
            return (this->*what)(j, forced);
        } catch (...) {
            if (!forced.stop_requested()) {
                numbers_.jobs_failed.Increment();
            }
            throw;
        }
    };
}

job_outcome workers::ship_from_db(const job& j, const std::stop_token& forced) {
    if (!take_time(forced)) {
        return job_outcome::put_back;
    }
    if (db_.ship_and_finish(j)) {
        tell(j.payload);
    }
    return job_outcome::finished;
}

job_outcome workers::ship_from_redis(const job& j, const std::stop_token& forced) {
    if (!take_time(forced)) {
        return job_outcome::put_back;
    }
    db_.ship(std::stoll(j.payload));
    tell(j.payload);
    return job_outcome::done;
}

// Returns false when the job was forced meanwhile.
bool workers::take_time(const std::stop_token& forced) const {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, forced, job_time_, [] { return false; });
    return !forced.stop_requested();
}

void workers::tell(const std::string& order_id) {
    numbers_.jobs_done.Increment();
    news_.publish(R"({"event":"shipped","id":)" + order_id + "}");
}

}  // namespace orders
