// Threads for application code during a stop. One that has finished its work is given the
// next, so that a chain of steps costs one thread and no more start-ups than its width.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sys/signal/signals.hpp"

namespace lastcall::runtime {

class step_threads {
public:
    /// The threads get the signal mask of the thread that makes this object.
    step_threads() = default;
    step_threads(const step_threads&) = delete;
    step_threads& operator=(const step_threads&) = delete;
    ~step_threads() { finish(); }

    /// Runs `work` on a thread named `name` meanwhile. Returns at once.
    /// Errors: std::system_error: no thread can be made; nothing runs.
    void run(std::string name, std::function<void()> work);

    /// Waits for all work to end, and ends the threads.
    void finish();

private:
    struct task {
        std::string name;
        std::function<void()> work;
    };
    void serve();

    sys::signal_mask mask_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<task> waiting_;
    std::size_t idle_ = 0;
    bool finishing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace lastcall::runtime
