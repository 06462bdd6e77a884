// A small service, built outside of this project against the installed library: it
// holds a pass while it waits for a job that a stop request ends.
#include <condition_variable>
#include <exception>
#include <iostream>
#include <latch>
#include <mutex>
#include <thread>

#include <lastcall/gate.hpp>
#include <lastcall/lifecycle.hpp>

int main() try {
    using namespace std::chrono_literals;
    lastcall::lifecycle life(
        {.service = "foreign", .grace = 5s, .duck = lastcall::lame_duck::none()});
    lastcall::gate jobs("jobs");
    life.add({.name = "jobs", .gates = {&jobs}});

    // The job ends a moment after the stop was requested: the drain has to wait for it.
    std::latch entered(1);
    std::thread worker([&jobs, &entered, stop = life.stopping()] {
        const lastcall::pass inside = jobs.try_enter("job");
        entered.count_down();
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        stopped.wait(lock, stop, [] { return false; });
        std::cout << "job done" << std::endl;
    });

    entered.wait();
    life.ready();
    std::cout << "ready" << std::endl;
    const lastcall::report report = life.run();
    worker.join();
    std::cout << "passes left: " << jobs.count() << std::endl;
    return report.exit_code();
} catch (const std::exception& error) {
    return lastcall::refuse_start("foreign", error);
}
