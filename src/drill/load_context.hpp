// What the clients of one load share. Everything here belongs to the load's thread, except
// the counters, which any thread may read.
#pragma once

#include <atomic>
#include <chrono>
#include <random>

#include "drill/event_loop.hpp"
#include "drill/exchange_log.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// For a progress line while the load runs.
struct load_counters {
    std::atomic<std::uint64_t> answered{0};     ///< exchanges that ended fine
    std::atomic<std::uint64_t> lost{0};         ///< exchanges that did not
    std::atomic<std::uint64_t> connections{0};  ///< established now
    std::atomic<std::uint64_t> in_flight{0};    ///< requests without an answer now
};

struct load_context {
    event_loop loop;
    sys::endpoint target;
    std::string host;                                              ///< for the Host field
    std::chrono::nanoseconds patience = std::chrono::seconds(10);  ///< for one answer
    bool routes_open = true;  ///< false from the signal: nobody makes a connection any more
    std::mt19937 random{1};   ///< seeded by the plan, so that two runs choose alike
    std::uint32_t connections_made = 0;
    exchange_log log;
    load_counters counters;
};

}  // namespace lastcall::drill
