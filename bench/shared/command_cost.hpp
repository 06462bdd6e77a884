// What a whole command costs: started, run to its end, and accounted by the kernel.
#pragma once

#include <string>
#include <vector>

namespace measured {

struct command_cost {
    double wall_ms = 0;
    double cpu_ms = 0;    ///< user and system, of it and of the children that it waited for
    double peak_mib = 0;  ///< resident, at most
    int status = 0;       ///< its exit status, or 128 and the signal
};

/// What it prints is read and dropped. Errors: lastcall::sys::start_error: it cannot be run.
[[nodiscard]] command_cost cost_of(const std::vector<std::string>& argv);

}  // namespace measured
