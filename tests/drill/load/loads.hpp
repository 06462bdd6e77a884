// Short ways to a plan, for tests of whole loads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "drill/load/faulty_server.hpp"
#include "drill/load/load.hpp"

namespace lastcall::drill {

/// The one ceiling of all waits.
[[nodiscard]] inline moment soon() { return clock::now() + std::chrono::seconds(30); }

[[nodiscard]] inline bool wait_for(const std::function<bool()>& what) {
    const auto until = soon();
    while (!what() && clock::now() < until) {
        std::this_thread::yield();
    }
    return what();
}

[[nodiscard]] inline load_plan plan_for(const sys::endpoint& at) {
    load_plan plan;
    plan.target.at = at;
    plan.target.host = at.text();
    return plan;
}

[[nodiscard]] inline lane_plan lane_for(lane_kind kind, int clients, const std::string& get = "/") {
    lane_plan made;
    made.kind = kind;
    made.clients = clients;
    made.get = get;
    made.think = std::chrono::milliseconds(4);
    made.ramp = std::chrono::milliseconds(20);
    return made;
}

/// Of an open loop: it was due while every client was busy, and the load ended then.
[[nodiscard]] inline bool was_never_begun(const exchange& one) {
    return one.sent_ns == 0 && one.connection == 0 && one.result == outcome::ended_by_us;
}

[[nodiscard]] inline std::shared_ptr<name_pool> names() { return std::make_shared<name_pool>(); }

}  // namespace lastcall::drill
