// A server that is measured: started, and answering.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "drill/load/load_plan.hpp"
#include "drill/subject/subject.hpp"

namespace measured {

/// Starts it, and asks `at` for `path` until the answer is a 2xx. It ends with what is
/// returned, and with the calling thread.
/// Errors: std::runtime_error, with its last words: it cannot be started, it ended, or it
///         does not answer so within 20 s.
[[nodiscard]] std::unique_ptr<lastcall::drill::subject> start_server(
    const lastcall::drill::command_plan& plan, const lastcall::drill::load_target& at,
    const std::string& path);

/// Resident memory of any process; 0 when it can not be read.
[[nodiscard]] std::uint64_t resident_bytes_of(int pid);

}  // namespace measured
