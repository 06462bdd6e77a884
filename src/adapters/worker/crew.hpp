// The threads behind a worker_pool, and how they stop.
//
// Three phases, and a thread that pauses or repeats a failed queue call looks again
// when the phase changes:
//
//   working   takes jobs; a queue call that fails is repeated, with a back-off
//   stopping  takes nothing; what is held is finished or put back, repeated as before
//   hurried   forced, or destroyed: a queue call is made once more, and its failure
//             recorded
//
// One more thread tells the queue once a second that the process lives. It ends after
// the others: a job that is being finished must not lose its lease.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <lastcall/worker.hpp>

namespace lastcall::adapters {

class crew {
public:
    /// Makes the threads; none takes a job before `go`.
    /// Errors: std::invalid_argument (no thread, no prefetch); std::system_error.
    crew(worker_options options, job_queue& queue, worker_pool::handler handle,
         std::chrono::milliseconds renew_every = std::chrono::seconds(1));
    crew(const crew&) = delete;
    crew& operator=(const crew&) = delete;
    ~crew();

    /// The crew as a component. Lifetime: of the crew.
    [[nodiscard]] component describe();

    void go();

    /// Takes no more jobs; returns at once.
    void begin_stop() noexcept;

    /// `begin_stop`, then waits until every thread has ended.
    ///
    /// Errors: std::runtime_error: jobs that the queue could not be told about.
    /// Blocks: until the handlers have returned; the lifecycle limits that by `force`.
    void drain(const std::function<void(std::string_view)>& progress);

    void force() noexcept;

    [[nodiscard]] std::size_t busy() const noexcept { return busy_.load(); }

    [[nodiscard]] queue_failures failures() const;

private:
    enum class phase { parked, working, stopping, hurried };
    enum class verdict { finish, put_back, fail, none };

    void work();
    void renew();
    void run(const job& at_hand);
    verdict call_handler(const job& at_hand, std::string& why);
    void settle(const job& held, verdict how, const std::string& why);
    void note_failure(const char* call, const std::string& error);
    void pause(std::chrono::milliseconds how_long, phase seen);
    [[nodiscard]] phase now() const;
    void enter_phase(phase next) noexcept;
    void join();

    worker_options options_;
    job_queue& queue_;
    worker_pool::handler handle_;
    std::chrono::milliseconds renew_every_;
    gate door_;
    label label_;
    std::stop_source forced_;
    std::atomic<std::size_t> busy_{0};

    mutable std::mutex mutex_;
    std::condition_variable changed_;  ///< phase_, at_work_ or renewing_
    phase phase_ = phase::parked;      ///< only ever moves forward
    std::size_t at_work_ = 0;          ///< threads that have not ended
    bool renewing_ = true;
    std::vector<std::string> unsettled_;  ///< jobs the queue does not know the end of
    queue_failures failures_;

    std::vector<std::thread> threads_;
    std::thread renewer_;
};

}  // namespace lastcall::adapters
