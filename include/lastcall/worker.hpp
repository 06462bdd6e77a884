// Workers take jobs from a queue and end without losing one or doing one twice.
//
// On a stop they take no new job, finish the one at hand inside their share of the
// deadline, and put back what they hold but have not begun. A job whose handler is
// forced is put back as well. What a crash leaves behind is the queue's to recover.
//
// The queue is an interface; lastcall brings it for SQLite, PostgreSQL and Redis.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/lifecycle.hpp>

namespace lastcall {

struct job {
    std::string id;  ///< unique in its queue
    std::string payload;
    int attempt = 1;  ///< how often it has been begun, this time included
};

/// Where jobs come from. One object serves many threads at once.
///
/// Errors:   every call may throw what its library throws; the pool then waits a
///           moment and goes on. A call that throws has changed nothing, or what a
///           crash at that point would have changed.
class job_queue {
public:
    virtual ~job_queue() = default;

    /// Takes up to `most` jobs; they are this process's until finished or given up.
    /// Blocks:  up to `wait` while there is none, or until `wake`.
    virtual std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) = 0;

    /// The job is done: forget it.
    virtual void finish(const job& done) = 0;

    /// Gives the job to whoever takes next; this attempt does not count.
    virtual void put_back(const job& held) = 0;

    /// The handler failed: the job comes back later, or is set aside after too many
    /// attempts, as the queue is configured.
    virtual void fail(const job& held, std::string_view why) = 0;

    /// Makes every `take` that waits return at once, now and from now on.
    virtual void wake() noexcept = 0;

    /// Says that this process lives and still holds its jobs. Called about once a second.
    virtual void renew() {}
};

enum class job_outcome {
    done,      ///< the pool tells the queue
    finished,  ///< the handler has told the queue itself, in its own transaction
    put_back,  ///< not now: give it back
};

struct worker_options {
    std::string name = "worker";
    std::size_t threads = 1;
    std::size_t prefetch = 1;  ///< jobs that a thread takes at a time
    uses_list uses = {};
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 8.0};
};

/// Calls to a queue that threw.
struct queue_failures {
    std::size_t count = 0;  ///< since the pool began; it only grows
    std::string last;       ///< "take: WHAT", the call and its error; empty while there is none
};

/// Threads that take jobs and run a handler on each, as one component of a lifecycle.
///
/// Lifetime: the queue must outlive it, and it the `run` of its lifecycle.
/// Example:  examples/orders/
class worker_pool {
public:
    /// `forced` fires when the pool is forced: return `put_back` soon. A handler that
    /// throws fails its job.
    using handler = std::function<job_outcome(const job& at_hand, std::stop_token forced)>;

    /// Adds itself to `life` and starts its threads.
    /// Errors: as `lifecycle::add`; std::system_error (no thread); nothing runs then.
    worker_pool(lifecycle& life, worker_options options, job_queue& queue, handler handle);
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    /// Stops as a drain without a limit does.
    ~worker_pool();

    /// Jobs whose handler runs now.
    [[nodiscard]] std::size_t busy() const noexcept;

    /// What went wrong between the pool and its queue. The pool repeats such a call by
    /// itself, so this is for whoever watches: a count that grows is a queue that cannot
    /// be reached, and no job is done meanwhile. What a handler throws does not count.
    ///
    /// Returns:  a copy. The report of the stop names the jobs that no call could settle.
    /// Threads:  any. Blocks: never for long; it is fit for a health check.
    [[nodiscard]] lastcall::queue_failures queue_failures() const;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace lastcall
