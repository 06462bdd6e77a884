// Last response to exit under mixed load: 40 keep-alive connections with 30 % POST and a
// think time of 20 ms, 10 clients with a new connection each time, 10 slow (300 ms) and 5
// streams (2 s). A server that cannot be slow gets the first two.
#include <map>

#include "figures.hpp"
#include "stop_run.hpp"

namespace stop_bench {
namespace {

using namespace std::chrono_literals;

lastcall::drill::load_plan mix_for(const server& one, const lastcall::sys::endpoint& at) {
    auto plan = everyday_mix(one, at);
    if (one.is_slow) {
        plan.lanes.push_back(lane_for(lastcall::drill::lane_kind::stream, 5, "/stream?seconds=2"));
        plan.lanes.back().takes = 2s;
    }
    return plan;
}

struct seen_of {
    std::vector<double> last_response_to_exit;
    std::vector<double> lost_in_flight;
    std::vector<double> lost_after;
    int never = 0;
};

}  // namespace

void measure_mixed(bench& all) {
    std::map<std::string, seen_of> seen;
    in_turn(all, "mixed", 20, [&](const server& one) {
        running_server running(one);
        running_load load(mix_for(one, running.at()));
        wait_for(running, 1500ms);
        const auto stop = stop_under(one, running, load);
        auto& into = seen[one.name];
        if (!stop.ended) {
            ++into.never;
            return;
        }
        into.last_response_to_exit.push_back(stop.last_response_to_exit_ms);
        std::uint64_t in_flight = 0;
        for (const auto result : lastcall::drill::all_outcomes()) {
            const auto whose = lastcall::drill::blame_of(result);
            if (whose == lastcall::drill::blame::server ||
                whose == lastcall::drill::blame::depends) {
                in_flight += stop.requests.all.of(result, lastcall::drill::timing::in_flight);
            }
        }
        into.lost_in_flight.push_back(static_cast<double>(in_flight));
        into.lost_after.push_back(static_cast<double>(stop.requests.lost_at_risk - in_flight));
    });
    for (const auto& one : all.servers) {
        const auto& of = seen[one.name];
        const std::string never = never_ended(of.never);
        const auto ours = [&](double limit, bool each) {
            return one.ours ? std::optional(goal{limit, each}) : std::nullopt;
        };
        all.into.add({"mixed", one.label(), "last response to exit", "ms", of.last_response_to_exit,
                      ours(5, false), never});
        all.into.add({"mixed", one.label(), "lost of those in flight", "", of.lost_in_flight,
                      ours(0, true), never});
        all.into.add({"mixed", one.label(), "lost afterwards on established connections", "",
                      of.lost_after, ours(0, true), never});
    }
}

}  // namespace stop_bench
