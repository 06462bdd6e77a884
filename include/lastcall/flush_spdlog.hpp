// The last lines of the log: written before the process ends, and never worth a hang.
//
// A component that all others use, so it ends last. Its close step flushes every
// registered spdlog logger and, when the asynchronous thread pool is the registry's,
// ends that pool, which writes what is queued. Each logger is flushed on a thread of its
// own: a sink that blocks (a full pipe, a dead disk) holds up neither the others nor the
// stop, which gives it up at the end of its share and names it in the report.
//
// The loggers stay registered: what logs later, as `on_report` may, still can, through a
// direct logger. A line to an asynchronous one after its pool has ended throws spdlog_ex,
// as it does after spdlog::shutdown(). A pool that the program made itself, beside the
// registry, is the program's to end.
#pragma once

#include <string>

#include <lastcall/lifecycle.hpp>

namespace lastcall {

struct flush_spdlog_options {
    std::string name = "logs";  ///< of the component
    share close_share = {.minimum = std::chrono::milliseconds{100}, .weight = 1.0};
};

/// Adds the component to `life`. Loggers that are registered later are flushed as well.
///
/// Errors:   as `lifecycle::add`.
/// Example:  examples/orders/
void flush_spdlog(lifecycle& life, flush_spdlog_options options = {});

}  // namespace lastcall
