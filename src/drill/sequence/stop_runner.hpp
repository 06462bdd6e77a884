// Carries out a sequence on a subject, while the load goes on.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

#include "drill/record/run_record.hpp"
#include "drill/sequence/sequence.hpp"
#include "drill/subject/stop_watch.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill {

/// What a stop needs of the load. See drill/load/load.hpp for what each promises.
class load_hooks {
public:
    virtual ~load_hooks() = default;
    virtual moment withdraw_routes() = 0;
    virtual moment strike(const std::function<void()>& send) = 0;
    virtual moment withdraw_and_strike(const std::function<void()>& send) = 0;
};

struct stop_control {
    const std::atomic<bool>* stop_asked = nullptr;  ///< end now, kill what we have started
    /// rolling: starts the new one. Returns: whether it got ready.
    std::function<bool()> start_successor{};
    std::function<void(std::string_view)> note{};  ///< told as it happens; also in the record
    std::function<void(mark, std::int64_t)> marked{};
    /// Before what we have started is killed: so that nobody takes that for the stop.
    std::function<void()> giving_up{};
    std::function<void()> turned{};  ///< each 5 ms or so, for a live view
};

/// Fills of `into`: the marks of the sequence (deleted, pre_stop_*, routes_withdrawn,
/// signal_sent, event_ended, second_signal, successor_ready, killed, exited), exit, notes,
/// explanations, is_interrupted. The rest is for watch.finish() and the load.
///
/// Where the process ends before it was struck (its preStop command stops it), the beginning
/// of preStop counts as the signal.
/// Errors: std::runtime_error (it ended before its stop; a command can not be started).
/// Blocks: as long as the sequence takes.
void run_stop(const sequence_plan& plan, subject& who, load_hooks& load, stop_watch& watch,
              const stop_control& control, trial_record& into);

}  // namespace lastcall::drill
