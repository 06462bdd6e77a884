// A service with two components: a worker that uses a store.
//
// Start it, press Ctrl-C, and watch for the order: the worker drains and closes before
// the store does, because it uses it. A second Ctrl-C forces.
#include <atomic>
#include <iostream>
#include <thread>

#include <lastcall/lifecycle.hpp>

using namespace std::chrono_literals;

int main() try {
    // First in main, before any thread: it claims SIGTERM and SIGINT.
    lastcall::lifecycle life({.service = "example"});
    lastcall::gate jobs("jobs");

    life.add({.name = "store", .close = [] { std::cout << "the store is closed\n"; }});

    std::thread worker([&] {
        while (const lastcall::pass at_work = jobs.try_enter("a job")) {
            std::this_thread::sleep_for(200ms);
        }
    });
    life.add({.name = "worker",
              .uses = {"store"},
              .gates = {&jobs},  // closed when the stop begins; drained when empty
              .close = [&] { worker.join(); }});

    life.ready();
    std::cout << "serving; stop me with SIGTERM or Ctrl-C\n" << std::flush;
    return life.run().exit_code();
} catch (const std::exception& error) {
    return lastcall::refuse_start("example", error);
}
