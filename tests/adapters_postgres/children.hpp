// What this test program does when it is started as a service.
#pragma once

#include <string>
#include <vector>

#include <lastcall/postgres.hpp>

namespace lastcall::testing {

/// CONNINFO do|hang: does the jobs and prints "done" for each; or begins some, prints
/// "begun" for each and goes no further.
int run_child(const std::vector<std::string>& arguments);

inline postgres_queue_options crash_queue() {
    postgres_queue_options options;
    options.lease = std::chrono::milliseconds(2'000);
    options.poll = std::chrono::milliseconds(100);
    return options;
}

}  // namespace lastcall::testing
