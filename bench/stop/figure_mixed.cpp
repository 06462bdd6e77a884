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
    lastcall::drill::load_plan plan;
    plan.target = at;
    plan.keepalive.connections = 40;
    plan.keepalive.think = 20ms;
    plan.keepalive.post_share = one.takes_orders ? 0.3 : 0;
    plan.fresh.clients = 10;
    if (one.is_slow) {
        plan.slow.connections = 10;
        plan.slow.takes = 300ms;
        plan.stream.connections = 5;
        plan.stream.takes = 2s;
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
        lastcall::drill::load load(mix_for(one, running.at()));
        load.start();
        const auto until = lastcall::drill::clock::now() + 1500ms;
        wait_for(running, [&] { return lastcall::drill::clock::now() >= until; });
        const auto stop = stop_under(one, running, load);
        auto& into = seen[one.name];
        if (!stop.ended) {
            ++into.never;
            return;
        }
        into.last_response_to_exit.push_back(stop.last_response_to_exit_ms);
        std::uint64_t in_flight = 0;
        for (const auto& each : stop.log.exchanges) {
            in_flight += is_lost(each, stop.log.signal_ns) && timing_of(each, stop.log.signal_ns) ==
                                                                  lastcall::drill::timing::in_flight
                             ? 1U
                             : 0U;
        }
        into.lost_in_flight.push_back(static_cast<double>(in_flight));
        into.lost_after.push_back(static_cast<double>(stop.requests.lost_at_risk - in_flight));
    });
    for (const auto& one : all.servers) {
        const auto& of = seen[one.name];
        const std::string never =
            of.never == 0 ? "" : std::to_string(of.never) + " stops never ended";
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
