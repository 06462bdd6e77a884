// What this test program does when it is started as a service.
#pragma once

#include <string>
#include <vector>

#include <lastcall/sqlite.hpp>

namespace lastcall::testing {

/// take-orders FILE: places orders, each with its job, until it is killed; prints the id
/// of each that was committed.
/// work FILE do|hang: does the jobs and prints "done" for each; or begins one, prints
/// "begun" and goes no further.
int run_child(const std::vector<std::string>& arguments);

inline sqlite_queue_options crash_queue() {
    sqlite_queue_options options;
    options.lease = std::chrono::milliseconds(2'000);
    options.poll = std::chrono::milliseconds(50);
    return options;
}

}  // namespace lastcall::testing
