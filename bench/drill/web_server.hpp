// The server that is loaded: nginx with one worker that answers from memory, on a processor
// of its own where there is more than one.
#pragma once

#include <memory>
#include <string>

#include "drill/load/load.hpp"
#include "drill/subject/subject.hpp"
#include "shared/scratch.hpp"

namespace load_bench {

namespace drill = lastcall::drill;

class web_server {
public:
    /// Errors: std::runtime_error when nginx is not installed, or does not answer.
    web_server();

    [[nodiscard]] const lastcall::sys::endpoint& at() const noexcept { return at_; }

    /// A plan without lanes.
    [[nodiscard]] drill::load_plan plan() const;

private:
    measured::scratch home_;  // outlives the process
    lastcall::sys::endpoint at_;
    std::unique_ptr<drill::subject> process_;
};

/// Runs a load of `plan` for `seconds` after a warm-up of half a second.
struct load_seen {
    double rate = 0;  ///< answers a second
    drill::trial_record trial;
};
[[nodiscard]] load_seen run_load(const drill::load_plan& plan, int seconds,
                                 drill::event_log_writer* events = nullptr);

/// Closed loop over 64 keep-alive connections, without think time.
[[nodiscard]] drill::load_plan as_fast_as_it_can(const web_server& server);

}  // namespace load_bench
