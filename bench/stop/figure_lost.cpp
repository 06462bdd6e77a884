// Requests lost on established connections after the signal, with the routes withdrawn at
// the signal, and WebSockets that were told 1001. No streams: the stop is short, and the
// idle connections, where servers lose requests, are what counts.
#include <map>

#include "figures.hpp"
#include "stop_run.hpp"

namespace stop_bench {
namespace {

using namespace std::chrono_literals;

lastcall::drill::load_plan mix_for(const server& one, const lastcall::sys::endpoint& at) {
    auto plan = everyday_mix(one, at);
    if (one.has_websocket) {
        plan.lanes.push_back(lane_for(lastcall::drill::lane_kind::websocket, 20, "/feed"));
    }
    return plan;
}

struct seen_of {
    std::vector<double> lost;      // for each stop
    std::vector<double> not_told;  // WebSockets
    std::uint64_t at_risk = 0;
    int never = 0;
};

double not_told(const lastcall::drill::trial_record& trial) {
    double count = 0;
    const auto signal = trial.marks[lastcall::drill::mark::signal_sent];
    for (const auto& one : trial.exchanges) {
        const bool session = one.lane == "websocket" && one.method == "GET";
        count +=
            session && one.end_ns > signal && one.result != lastcall::drill::outcome::ws_going_away
                ? 1
                : 0;
    }
    return count;
}

}  // namespace

void measure_lost(bench& all) {
    std::map<std::string, seen_of> seen;
    in_turn(all, "lost", 50, [&](const server& one) {
        running_server running(one);
        running_load load(mix_for(one, running.at()));
        wait_for(running, 1s);
        const auto stop = stop_under(one, running, load);
        auto& into = seen[one.name];
        into.never += stop.ended ? 0 : 1;
        if (stop.ended) {
            into.lost.push_back(static_cast<double>(stop.requests.lost));
            into.not_told.push_back(not_told(stop.trial));
            into.at_risk += stop.requests.at_risk;
        }
    });
    for (const auto& one : all.servers) {
        const auto& of = seen[one.name];
        char bound[96] = "";
        if (of.at_risk > 0) {
            std::snprintf(bound, sizeof bound, "%llu requests at risk, bound for none lost %.2g %%",
                          static_cast<unsigned long long>(of.at_risk),
                          100 * lastcall::drill::upper_bound_95(of.at_risk));
        }
        const auto none = one.ours ? std::optional(goal{0, true}) : std::nullopt;
        all.into.add({"lost", one.label(), "requests lost in a stop", "", of.lost, none,
                      of.never == 0 ? bound : never_ended(of.never)});
        if (one.has_websocket) {
            all.into.add(
                {"lost", one.label(), "WebSockets of 20 not told 1001", "", of.not_told, none});
        }
    }
}

}  // namespace stop_bench
