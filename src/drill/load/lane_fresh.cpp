// Clients that make a new connection for each request: what a router that still sends
// traffic here looks like. In the turn of the signal some begin a connection and write their
// request: whatever accepts has not seen them when the signal comes.
#include "drill/load/fresh_client.hpp"

namespace lastcall::drill {

void fresh_client::tick() {
    if (!busy() && routes_open() && !is_held()) {
        ask_next(clock::now());
    }
}

void fresh_client::on_answer(const exchange& one, bool usable) {
    if (usable) {
        close(quiet_end::by_us, true);
    }
    if (!routes_open() || is_held()) {
        return;
    }
    const auto least =
        blame_of(one.result) == blame::none ? std::chrono::nanoseconds(0) : pause_after_failure;
    tick_at(clock::now() + std::max(least, about(think())));
}

void fresh_client::aim_for(cell wanted) {
    client::aim_for(wanted);
    if (wanted != cell::none) {
        cancel_tick();
    }
}

bool fresh_client::is_in_place() const { return aim() == cell::none || finished(); }

void fresh_client::connect_in_turn() {
    if (aim() == cell::queued && finished() && routes_open()) {
        ask_next(clock::now());
        was_begun_in_turn_ = !is_closed();
    }
}

void fresh_client::signal_sent() {
    if (aim() != cell::none && !busy() && routes_open()) {
        tick_at(clock::now());
    }
}

lane make_fresh_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan, [&](int) { return std::make_unique<fresh_client>(shared, texts, plan); });
}

}  // namespace lastcall::drill
