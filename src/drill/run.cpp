#include "drill/run.hpp"

#include <algorithm>

#include "drill/limits.hpp"
#include "drill/subject/command_result.hpp"
#include "drill/trial.hpp"
#include "sys/host.hpp"

namespace lastcall::drill {
namespace {

run_record describe(const settings& chosen) {
    run_record run;
    run.sequence = to_string(chosen.sequence.kind);
    const auto& target = chosen.load.target;
    run.url = (target.uses_tls ? "https://" : "http://") + target.host + chosen.where.url;
    run.event = in_words(chosen.sequence.event);
    run.signal = !run.event.empty() ? ""
                 : chosen.sequence.kind == sequence_kind::crash
                     ? "SIGKILL"
                     : signal_name(chosen.sequence.signal);
    run.host = sys::host_description();
    run.started = sys::wall_clock_text();
    run.expected = chosen.expected;
    return run;
}

/// Errors: drill_error: the url itself answers with an error, so that there is nothing to try.
void refuse_a_dead_end(const load_plan& all, const std::vector<std::string>& reasons) {
    const std::string* why = nullptr;
    for (std::size_t i = 0; i < all.lanes.size(); ++i) {
        const auto kind = all.lanes[i].kind;
        if (kind != lane_kind::pool && kind != lane_kind::fresh) {
            continue;
        }
        if (reasons[i].empty()) {
            return;
        }
        why = &reasons[i];
    }
    if (why != nullptr) {
        throw drill_error(*why + ": give --url an endpoint that works");
    }
}

/// Keeps the lanes that the server supports, and says why the others are left out.
load_plan supported_lanes(const run_context& context, const load_plan& all) {
    load_plan kept = all;
    kept.lanes.clear();
    const auto reasons = why_left_out(all);
    for (std::size_t i = 0; i < all.lanes.size(); ++i) {
        const auto& lane = all.lanes[i];
        lane_facts facts{lane.label(), lane.clients, !reasons[i].empty(), reasons[i]};
        if (facts.is_left_out) {
            context.watching.lane_left_out(facts);
        } else {
            kept.lanes.push_back(lane);
            for (const auto where : cells_of(lane.kind)) {
                context.run.reachable[static_cast<std::size_t>(where)] = true;
            }
        }
        context.run.lanes.push_back(std::move(facts));
    }
    refuse_a_dead_end(all, reasons);
    if (std::ranges::none_of(kept.lanes,
                             [](const auto& lane) { return lane.kind != lane_kind::probe; })) {
        throw drill_error("no lane is left: the server supports none of them\n" + reasons.front());
    }
    return kept;
}

}  // namespace

run_record run_drill(const settings& chosen, const std::vector<lane_facts>& left_out,
                     observer& watching, const std::atomic<bool>& stop_asked) {
    if (const auto why = why_too_many(connections_of(chosen.load), read_machine_limits());
        !why.empty()) {
        throw drill_error(why);
    }
    auto run = describe(chosen);
    run.lanes = left_out;
    auto events = chosen.files.events.empty()
                      ? std::make_unique<event_log_writer>()
                      : std::make_unique<event_log_writer>(chosen.files.events);
    const run_context context{chosen, watching, stop_asked, run, *events};
    const auto trials = chosen.sweep > 0 ? chosen.sweep : chosen.trials;
    std::optional<load_plan> lanes;
    for (std::uint32_t number = 1; number <= trials && !stop_asked; ++number) {
        watching.trial_began(number, trials);
        trial_record trial;
        trial.number = number;
        run_trial(context, trial, [&](const subject& who) -> const load_plan& {
            if (!lanes) {
                run.subject = who.name();
                lanes = supported_lanes(context, chosen.load);
                events->begin(run);
                watching.began(run);
            }
            return *lanes;
        });
        events->end_trial(trial);
        run.trials.push_back(std::move(trial));
    }
    events->end();
    if (!events->problem().empty()) {
        watching.noted(events->problem());
    }
    return run;
}

}  // namespace lastcall::drill
