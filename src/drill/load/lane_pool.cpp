// Keep-alive connections with think time. At the signal its clients are idle for long, idle
// for a moment, or have just asked; who was idle for a moment asks within three milliseconds
// of the signal, where the server's close and the next request cross.
#include "drill/load/pool_client.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::milliseconds race_window{3};
constexpr std::chrono::milliseconds least_spread{20};
/// Leaves the rest of just_idle_ns to the turn in which the signal is sent.
constexpr std::int64_t fresh_enough_ns = just_idle_ns * 7 / 10;

}  // namespace

void pool_client::tick() {
    if (!busy() && (is_open() || routes_open())) {
        ask_next(clock::now());
    }
}

void pool_client::on_answer(const exchange&, bool usable) {
    if (usable && is_held()) {
        return;
    }
    if (usable && think().count() == 0) {
        ask_next(clock::now());
    } else if (usable || routes_open()) {
        const auto pause =
            usable ? think() : std::max<std::chrono::nanoseconds>(think(), pause_after_failure);
        tick_at(clock::now() + about(pause));
    }
}

void pool_client::on_lost(quiet_end) {
    if (!tick_is_set() && routes_open()) {
        tick_at(clock::now() + pause_after_failure);
    } else if (!routes_open()) {
        cancel_tick();
    }
}

void pool_client::aim_for(cell wanted) {
    client::aim_for(wanted);
    if (wanted == cell::none || busy()) {
        return;
    }
    if (!is_open()) {
        if (!tick_is_set()) {
            tick_at(clock::now());
        }
    } else if (wanted == cell::just_idle && !is_in_place()) {
        cancel_tick();
        ask_next(clock::now());
    } else {
        cancel_tick();
    }
}

bool pool_client::is_in_place() const {
    switch (aim()) {
        case cell::none:
            return true;
        case cell::just_idle:
            return is_open() && !busy() && answered_ > 0 &&
                   nanoseconds(clock::now()) - last_answer_ns_ < fresh_enough_ns;
        case cell::idle:
            return cell_now() == cell::idle;
        default:
            return is_open() && !busy();
    }
}

void pool_client::write_in_turn() {
    if (aim() == cell::waiting && is_open() && !busy()) {
        ask_next(clock::now());
    }
}

void pool_client::signal_sent() {
    if (aim() == cell::none || busy() || !is_open()) {
        return;
    }
    const auto spread = aim() == cell::just_idle
                            ? std::chrono::nanoseconds(race_window)
                            : std::max<std::chrono::nanoseconds>(think(), least_spread);
    tick_at(clock::now() +
            std::chrono::duration_cast<std::chrono::nanoseconds>(spread * context().share()));
}

lane make_pool_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan, [&](int) { return std::make_unique<pool_client>(shared, texts, plan); });
}

}  // namespace lastcall::drill
