// One demonstration: start, load, SIGTERM, exit, and everything that was seen of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drill/exchange_log.hpp"
#include "ledger.hpp"
#include "options.hpp"
#include "screen.hpp"
#include "sys/process/subject.hpp"

namespace stop_demo {

struct run_result {
    lastcall::drill::exchange_log log;
    lastcall::sys::subject_exit exit;
    std::string signal;         ///< "SIGTERM", or "SIGKILL" in the control run
    bool killed_by_us = false;  ///< it was still there after the grace period
    ledger books;               ///< after the exit
    std::uint64_t orders_before = 0;
    std::vector<std::string> files_left;  ///< temporary files, -wal, -shm
    std::vector<int> processes_left;
    bool port_left = false;  ///< somebody still listens
    std::string database;    ///< where the orders are, for people
};

/// Tells on `out` what happens while it happens.
/// Errors: std::runtime_error and what it is made of: the service does not start or never
///         gets ready, the database cannot be read.
run_result run(const options& chosen, screen& out);

}  // namespace stop_demo
