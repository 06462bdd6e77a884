// One stop: start it, load it, stop it, see what is left.
#pragma once

#include <functional>

#include "drill/run.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill {

/// What the trials of a run share.
struct run_context {
    const settings& chosen;
    observer& watching;
    const std::atomic<bool>& stop_asked;
    run_record& run;
    event_log_writer& events;
};

/// Asked once the service answers: the load of this run.
using choose_load = std::function<const load_plan&(const subject& who)>;

/// Errors: drill_error; std::system_error.
void run_trial(const run_context& context, trial_record& into, const choose_load& choose);

}  // namespace lastcall::drill
