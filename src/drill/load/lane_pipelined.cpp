// The lane of the pipelined clients, and how they send and read.
#include <algorithm>

#include "drill/load/pipelined_client.hpp"

namespace lastcall::drill {

void pipelined_client::on_no_connection(ending how, int error) {
    const auto now = clock::now();
    for (auto& one : batch_) {
        one = begin_exchange("GET", target(), now);
    }
    next_ = 0;
    add_to(context().counters.in_flight, at_once);
    end_batch(how, error, {});
    again(false);
}

void pipelined_client::write_batch() {
    const auto request = texts_->get.next(context(), room_);
    if (wire_text_.empty()) {
        for (std::size_t i = 0; i < at_once; ++i) {
            wire_text_.append(request.bytes);
        }
    }
    const auto now = clock::now();
    const auto seen = wire().look();
    for (std::size_t i = 0; i < at_once; ++i) {
        batch_[i] = begin_exchange("GET", request.target, now);
        batch_[i].nth += static_cast<std::uint32_t>(i);
    }
    next_ = 0;
    add_to(context().counters.in_flight, at_once);
    if (seen.status != sys::io_status::would_block) {
        end_batch(ending::seen_closed, seen.error, {});
        close(quiet_end::fin, true);
        again(false);
        return;
    }
    for (auto& one : batch_) {
        one.sent_ns = nanoseconds(now);
    }
    sent_before_ = bytes_sent();
    parser_.begin(false);
    wait_until(now + context().patience);
    send(wire_text_);
}

void pipelined_client::on_bytes(std::string_view bytes) {
    if (announced_) {
        return;  // after the last answer: only the end is waited for
    }
    while (!bytes.empty() && waiting() != 0) {
        auto& one = batch_[next_];
        if (one.first_byte_ns == 0) {
            one.first_byte_ns = nanoseconds(clock::now());
        }
        bytes.remove_prefix(parser_.feed(bytes));
        if (parser_.malformed()) {
            over(ending::malformed, 0);
            return;
        }
        if (parser_.got() == progress::complete && !answered()) {
            return;
        }
    }
    if (!bytes.empty()) {
        close(quiet_end::unsolicited, true);
        again(false);
    }
}

void pipelined_client::on_timeout() {
    if (announced_) {
        over(ending::client_ended, 0);
    } else if (waiting() != 0) {
        over(ending::timeout, 0);
    } else {
        close(quiet_end::by_us, false);
        on_no_connection(ending::connect_timeout, 0);
    }
}

void pipelined_client::again(bool usable) {
    if (usable && winds_down()) {
        close(quiet_end::by_us, true);
        return;
    }
    const bool is_held = context().is_filling && aim() != cell::none;
    if (usable ? !is_held : routes_open()) {
        tick_at(
            clock::now() +
            (usable ? think_ : std::max<std::chrono::nanoseconds>(think_, pause_after_failure)));
    }
}

lane make_pipelined_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan,
                   [&](int) { return std::make_unique<pipelined_client>(shared, texts, plan); });
}

}  // namespace lastcall::drill
