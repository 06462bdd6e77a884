// The report of a stop: made from what is known of it at an instant, written to the file,
// and handed to the application.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include <lastcall/report.hpp>

#include "core/stop_machine.hpp"
#include "runtime/engine_setup.hpp"
#include "runtime/running_steps.hpp"
#include "runtime/stop_log.hpp"

namespace lastcall::runtime {

/// A stop as far as it has come.
struct stop_so_far {
    const core::plan& plan;
    const core::stop_machine& machine;
    const running_steps& steps;
    std::vector<stop_request> requests;
    clock::time_point since;  ///< the first request
};

/// Threads: the engine's.
class report_maker {
public:
    /// `setup` and `log` outlive this.
    report_maker(const engine_setup& setup, const stop_log& log) : setup_(setup), log_(log) {}

    void entered(state next, clock::time_point at) { entries_.push_back({next, at}); }

    [[nodiscard]] report make(const stop_so_far& stop) const;

    /// The watchdog may have to end the process while every lock is held; so the report is
    /// written a moment before, by a thread that still can.
    void write_as_abandoned(const stop_so_far& stop) const;

    /// To the file and to `on_report`, whatever becomes of the other; a failure is logged.
    void deliver(const report& done) const;

private:
    void write_file(const report& what) const;

    const engine_setup& setup_;
    const stop_log& log_;
    std::vector<std::pair<state, clock::time_point>> entries_;
};

}  // namespace lastcall::runtime
