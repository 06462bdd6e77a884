#include "stop_run.hpp"

#include <signal.h>

#include "drill/service.hpp"
#include "shared/server_process.hpp"

namespace stop_bench {

namespace drill = lastcall::drill;

running_server::running_server(const server& kind)
    : at_(lastcall::sys::endpoint::loopback(lastcall::sys::free_port())) {
    process_ =
        measured::start_server(kind.command(at_, home_.path()), plan_for(at_).target, kind.ready);
}

drill::load_plan plan_for(const lastcall::sys::endpoint& at) {
    drill::load_plan made;
    made.target.at = at;
    made.target.host = at.text();
    made.samples_per_cell = 0;
    return made;
}

drill::lane_plan lane_for(drill::lane_kind kind, int clients, const std::string& get) {
    drill::lane_plan made;
    made.kind = kind;
    made.clients = clients;
    made.get = get;
    return made;
}

drill::lane_plan shoppers(const server& one, int clients) {
    auto made = lane_for(drill::lane_kind::pool, clients);
    made.think = std::chrono::milliseconds(20);
    made.post = "/orders";
    made.post_share = one.takes_orders ? 0.3 : 0;
    made.body = R"({"item":"k-{id}","quantity":3})";
    return made;
}

drill::load_plan everyday_mix(const server& one, const lastcall::sys::endpoint& at) {
    auto plan = plan_for(at);
    plan.lanes = {shoppers(one, 40), lane_for(drill::lane_kind::fresh, 10)};
    plan.lanes[1].think = std::chrono::milliseconds(10);
    if (one.is_slow) {
        plan.lanes.push_back(lane_for(drill::lane_kind::busy, 10, "/slow?ms=300"));
        plan.lanes.back().takes = std::chrono::milliseconds(300);
    }
    return plan;
}

stop_result stop_under(const server& kind, running_server& running, running_load& load) {
    auto& process = running.process();
    const auto sent =
        load.get().withdraw_and_strike([&] { process.signal_main(kind.signal); }, {.fill_for = {}});
    stop_result made;
    made.ended = process.wait(sent + ceiling);
    if (!made.ended) {
        process.signal_all(SIGKILL);
        if (!process.wait(drill::clock::now() + ceiling)) {
            throw std::runtime_error("it is still there 20 s after SIGKILL");
        }
    }
    load.get().finish(drill::clock::now() + std::chrono::seconds(5));
    load.get().take(made.trial);
    made.names = load.names();
    drill::expectations behind_a_load_balancer;
    behind_a_load_balancer.judge_by = drill::policy::lb;
    made.requests = drill::count(made.trial, behind_a_load_balancer);
    const auto exit_ns = process.exit_ns();
    made.signal_to_exit_ms = static_cast<double>(exit_ns - drill::nanoseconds(sent)) / 1e6;
    made.last_response_to_exit_ms =
        static_cast<double>(exit_ns - made.requests.last_response_ns) / 1e6;
    made.exit_code = process.exit()->code;
    return made;
}

void wait_for(running_server& running, const std::function<bool()>& what) {
    const auto until = drill::clock::now() + std::chrono::minutes(1);
    while (!what()) {
        if (running.process().wait(drill::clock::now() + std::chrono::milliseconds(2))) {
            throw std::runtime_error("the server ended by itself" +
                                     drill::last_words(running.process()));
        }
        if (drill::clock::now() > until) {
            throw std::runtime_error("the load did not get going within a minute");
        }
    }
}

void wait_for(running_server& running, std::chrono::nanoseconds a_while) {
    const auto until = drill::clock::now() + a_while;
    wait_for(running, [until] { return drill::clock::now() >= until; });
}

std::string never_ended(int stops) {
    return stops == 0 ? "" : std::to_string(stops) + " stops never ended";
}

}  // namespace stop_bench
