// Asks a service in a process of its own what is in flight.
#pragma once

#include <unistd.h>

#include <array>
#include <chrono>
#include <lastcall/lifecycle.hpp>
#include <string>
#include <thread>

#include "support/scenario.hpp"
#include "sys/clock.hpp"
#include "sys/process/process.hpp"
#include "sys/socket/status_client.hpp"
#include "wire/status_message.hpp"

namespace lastcall::testing {

using namespace std::chrono_literals;
using sys::status_outcome;

inline lifecycle_options status_options(std::string name = "test") {
    lifecycle_options o{.service = std::move(name)};
    o.grace = 30s;
    o.reserve = 0ms;
    o.report_file = report_file();
    return o;
}

struct asked {
    status_outcome outcome;
    std::string text;

    [[nodiscard]] bool has(const std::string& part) const {
        return text.find(part) != std::string::npos;
    }
};

inline asked ask(int pid, std::chrono::milliseconds patience = ceiling) {
    std::array<char, wire::largest_status> memory;
    const auto got =
        sys::ask_status(pid, wire::in_flight_request, memory, sys::monotonic_now() + patience);
    return {got.outcome, std::string(memory.data(), got.size)};
}

// Asks again until the answer holds `part`: what the service does next has no event.
inline asked ask_until(int pid, const std::string& part) {
    const auto until = std::chrono::steady_clock::now() + ceiling;
    asked answer = ask(pid);
    while (!answer.has(part) && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(1ms);
        answer = ask(pid);
    }
    return answer;
}

inline void block_for_ever() {
    for (;;) {
        ::pause();
    }
}

/// In a scenario: a service that is ready and waits for its signal.
inline int serve(lifecycle_options options) {
    lifecycle life(std::move(options));
    life.ready();
    say("ready");
    return life.run().exit_code();
}

}  // namespace lastcall::testing
