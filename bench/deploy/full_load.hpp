// As many requests as a server takes from some clients that wait for each answer.
#pragma once

#include <chrono>
#include <string>

#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

struct full_load_result {
    double answers = 0;
    double failures = 0;
    double seconds = 0;
};

/// `is_kept`  each client keeps its connection; else it makes a new one for each request
/// Errors: std::runtime_error, when no connection can be made.
[[nodiscard]] full_load_result run_full_load(const lastcall::sys::endpoint& at,
                                             const std::string& path, int clients, bool is_kept,
                                             std::chrono::milliseconds length);

}  // namespace deploy_bench
