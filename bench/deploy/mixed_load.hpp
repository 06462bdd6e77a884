// Clients that never retry, and account for each request. Each thinks, asks, and thinks again; a
// pending FIN is looked for before a connection is used again, `Connection: close` is honoured,
// and connections are given up after some requests, as pools do.
//
// The clients of tests/agent_real/load.py, with the same ends; these make many thousand requests
// in a second. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "account.hpp"
#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

struct lane_terms {
    std::string name;
    int clients = 0;
    int least_uses = 1, most_uses = 1;  ///< requests over one connection
    std::chrono::microseconds least_thought{0}, most_thought{0};
};

struct asked_path {
    std::string method, path;
};

struct mixed_load_terms {
    lastcall::sys::endpoint at;
    std::vector<asked_path> paths;  ///< one of them by chance
    std::string body;               ///< of a POST
    bool echoes = false;            ///< X-Id of an answer is the `id` of its request
    std::vector<lane_terms> lanes;
};

/// Runs until `is_over`, which is asked every 100 ms; then what was asked is waited for, 20 s for
/// each. Errors: std::runtime_error, where connections cannot be made at all.
[[nodiscard]] account run_mixed_load(const mixed_load_terms& terms,
                                     const std::function<bool(const account&)>& is_over);

}  // namespace deploy_bench
