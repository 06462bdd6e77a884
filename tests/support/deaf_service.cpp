// A service in which nobody listens: a worker in an endless loop, one in a read that
// never returns, one in a mutex that is never released, and a drain step that sleeps
// for ever. Only the watchdog can end it.
//
// usage: deaf_service [--grace 2s] [--reserve 0ms]
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

#include <lastcall/duration.hpp>
#include <lastcall/lifecycle.hpp>

namespace {

using namespace std::chrono_literals;

std::mutex never_released;

[[gnu::noinline]] void spin_for_ever() {
    for (volatile bool go_on = true; go_on;) {
    }
}

[[gnu::noinline]] void read_for_ever() {
    int ends[2];
    char byte = 0;
    if (::pipe(ends) == 0) {
        while (::read(ends[0], &byte, 1) <= 0) {
        }
    }
}

[[gnu::noinline]] void wait_for_mutex() { never_released.lock(); }

}  // namespace

int main(int argc, char** argv) try {
    lastcall::lifecycle_options options{.service = "deaf"};
    for (int i = 1; i + 1 < argc; i += 2) {
        const auto value = std::chrono::duration_cast<std::chrono::milliseconds>(
            lastcall::parse_duration(argv[i + 1], argv[i]));
        if (std::strcmp(argv[i], "--grace") == 0) {
            options.grace = value;
        } else if (std::strcmp(argv[i], "--reserve") == 0) {
            options.reserve = value;
        }
    }
    lastcall::lifecycle life(options);
    lastcall::gate work("work");
    never_released.lock();
    const auto deaf = [&](lastcall::label name, void (*body)()) {
        std::thread([&work, name, body] {
            const lastcall::pass inside = work.try_enter(name);
            body();
        }).detach();
    };
    deaf("endless loop", spin_for_ever);
    deaf("read without end", read_for_ever);
    deaf("mutex never released", wait_for_mutex);
    life.add({.name = "work", .gates = {&work}, .drain = [] { std::this_thread::sleep_for(24h); }});
    life.ready();
    std::puts("ready");
    std::fflush(stdout);
    life.run_and_exit();
} catch (const std::exception& error) {
    return lastcall::refuse_start("deaf", error);
}
