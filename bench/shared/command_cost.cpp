#include "shared/command_cost.hpp"

#include <chrono>

#include "sys/process/started_process.hpp"

namespace measured {

command_cost cost_of(const std::vector<std::string>& argv) {
    using milliseconds = std::chrono::duration<double, std::milli>;
    const auto begin = std::chrono::steady_clock::now();
    lastcall::sys::started_process process({.argv = argv});
    process.wait(std::chrono::steady_clock::time_point::max());
    const auto end = process.end().value();
    command_cost made;
    made.wall_ms = milliseconds(end.when - begin).count();
    made.cpu_ms = milliseconds(end.processor_time).count();
    made.peak_mib = static_cast<double>(end.peak_bytes) / (1024 * 1024);
    made.status = end.signal != 0 ? 128 + end.signal : end.code;
    return made;
}

}  // namespace measured
