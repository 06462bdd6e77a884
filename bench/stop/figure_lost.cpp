// Requests lost on established connections after the signal, with the routes withdrawn at
// the signal, and WebSockets that were told 1001. No streams: the stop is short, and the
// idle connections, where servers lose requests, are what counts.
#include <map>

#include "figures.hpp"
#include "stop_run.hpp"

namespace stop_bench {
namespace {

using namespace std::chrono_literals;

lastcall::drill::load_plan plan_for(const server& one, const lastcall::sys::endpoint& at) {
    lastcall::drill::load_plan plan;
    plan.target = at;
    plan.keepalive.connections = 40;
    plan.keepalive.think = 20ms;
    plan.keepalive.post_share = one.takes_orders ? 0.3 : 0;
    plan.fresh.clients = 10;
    plan.slow.connections = one.is_slow ? 10 : 0;
    plan.websocket.connections = one.has_websocket ? 20 : 0;
    return plan;
}

struct seen_of {
    std::vector<double> lost;      // for each stop
    std::vector<double> not_told;  // WebSockets
    std::uint64_t at_risk = 0;
    int never = 0;
};

double not_told(const lastcall::drill::exchange_log& log) {
    double count = 0;
    for (const auto& one : log.exchanges) {
        const bool session = one.lane == "websocket" && one.method == "GET";
        count += session && one.end_ns > log.signal_ns &&
                         one.result != lastcall::drill::outcome::ws_closed_1001
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
        lastcall::drill::load load(plan_for(one, running.at()));
        load.start();
        const auto until = lastcall::drill::clock::now() + 1s;
        wait_for(running, [&] { return lastcall::drill::clock::now() >= until; });
        const auto stop = stop_under(one, running, load);
        auto& into = seen[one.name];
        into.never += stop.ended ? 0 : 1;
        if (stop.ended) {
            into.lost.push_back(static_cast<double>(stop.requests.lost));
            into.not_told.push_back(not_told(stop.log));
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
                      of.never == 0 ? bound : std::to_string(of.never) + " stops never ended"});
        if (one.has_websocket) {
            all.into.add(
                {"lost", one.label(), "WebSockets of 20 not told 1001", "", of.not_told, none});
        }
    }
}

}  // namespace stop_bench
