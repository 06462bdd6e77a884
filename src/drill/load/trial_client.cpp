#include "drill/load/trial_client.hpp"

namespace lastcall::drill {

void trial_client::try_request(const request_text& what) {
    over_ = connected_ = switched_ = had_head_ = false;
    body_bytes_ = 0;
    ask(what.next(context(), room_), clock::now());
}

void trial_client::try_connection() {
    over_ = connected_ = false;
    connect_quietly();
}

void trial_client::record(const exchange& one) {
    seen_ = one;
    body_bytes_ = response().body_bytes();
}

void trial_client::on_answer(const exchange&, bool) { done(); }

void trial_client::on_connected() {
    connected_ = true;
    done();
}

void trial_client::on_lost(quiet_end) { over_ = true; }

void trial_client::on_switched(const exchange& one) {
    seen_ = one;
    switched_ = true;
    proof_ = response().field("Sec-WebSocket-Accept").value_or("");
    done();
}

void trial_client::done() {
    over_ = true;
    if (!is_closed()) {
        close(quiet_end::by_us, false);
    }
}

}  // namespace lastcall::drill
