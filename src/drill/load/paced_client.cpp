#include "drill/load/paced_client.hpp"

namespace lastcall::drill {

paced_client::paced_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                           std::chrono::nanoseconds takes)
    : http_client(shared, texts->lane), texts_(std::move(texts)), takes_(takes) {
    set_patience(shared.patience + takes_ + hold_after_signal);
}

void paced_client::tick() {
    if (busy()) {
        go_on();
    } else if (is_open() || routes_open()) {
        begin();
    }
}

void paced_client::on_answer(const exchange& one, bool usable) {
    cancel_tick();
    if (usable || routes_open()) {
        const bool fine = usable && blame_of(one.result) == blame::none;
        tick_at(clock::now() + (fine ? std::chrono::milliseconds(1) : pause_after_failure));
    }
}

void paced_client::on_lost(quiet_end) {
    if (!routes_open()) {
        cancel_tick();
    }
}

}  // namespace lastcall::drill
