// What an http_client makes of the end of an exchange: the evidence, the record, and whether
// the connection can carry another.
#include <array>
#include <limits>

#include "drill/load/http_client.hpp"

namespace lastcall::drill {

using sys::io_status;

void http_client::finish(ending how, int error, bool reusable) {
    wait_no_more();
    take_from(context().counters.in_flight, 1);
    current_.connection = has_connection_ ? connection() : 0;
    current_.opened_ns = has_connection_ ? opened_ns() : 0;
    current_.nth = answered_;  // also where a new connection was not made
    current_.end_ns = nanoseconds(clock::now());
    current_.bytes = parser_.bytes();
    current_.error = error;
    current_.status = static_cast<std::int16_t>(parser_.status());
    current_.close_announced = parser_.close_announced();
    seen_.how = how;
    seen_.got = parser_.got();
    seen_.status = parser_.status();
    seen_.close_announced = parser_.close_announced();
    seen_.is_first = answered_ == 0;
    if (seen_.status != 0) {
        if (seen_.status == 503) {
            seen_.retry_after = parser_.field("Retry-After").has_value();
        }
        if (!context().instance_field.empty()) {
            if (const auto name = parser_.field(context().instance_field)) {
                current_.instance = context().instance(*name);
            }
        }
    }
    current_.body = seen_.got == progress::nothing ? 0 : parser_.body_bytes();
    if (seen_.got == progress::complete) {
        ++answered_;
        last_answer_ns_ = current_.end_ns;
        current_.request_taken = taken::yes;
        context().note_accepted(opened_ns());
        if (seen_.close_announced) {
            context().note_close_announced(current_.end_ns);
        }
    } else {
        current_.missing = parser_.missing();
        prove_what_was_taken(how);
    }
    const bool whole = seen_.got == progress::complete && how == ending::complete;
    if (whole && seen_.close_announced && reusable && is_open()) {
        step_ = step::lingering;
        forget_unsent();
        want_readable(true);
        wait_until(clock::now() + patience_for_end);
        read_lingering();
        return;
    }
    conclude(whole && reusable && !seen_.close_announced && !has_unsent() &&
             released_ == asked_.bytes.size());
}

void http_client::prove_what_was_taken(ending how) {
    const bool ended =
        how == ending::fin || how == ending::fin_without_notify || how == ending::reset;
    if (ended && seen_.got == progress::nothing && is_open()) {
        seen_.request_taken = taken_since(sent_before_, how);
        seen_.accepted = accepted_so_far();
        current_.request_taken = seen_.request_taken;
    } else if (seen_.got != progress::nothing) {
        current_.request_taken = taken::yes;
    }
}

/// The announced end: a FIN, or a reset that may have cost a client the end of its answer
/// (RFC 9112, 9.6).
void http_client::read_lingering() {
    std::array<char, 1024> buffer;
    for (;;) {
        const auto got = receive(buffer);
        if (got.status == io_status::would_block) {
            return;
        }
        if (got.status != io_status::done) {
            seen_.reset_followed = got.status == io_status::reset;
            conclude(false);
            return;
        }
    }
}

void http_client::conclude(bool usable) {
    step_ = step::quiet;
    read_budget_ = std::numeric_limits<std::uint64_t>::max();
    current_.result = classify(seen_);
    if (const auto signal = context().signal_ns; signal != 0 && current_.end_ns > signal) {
        current_.at_signal = take_signal_cell();
    }
    record(current_);
    if (usable && winds_down()) {
        usable = false;
        close(quiet_end::by_us, true);
    }
    if (usable) {
        want_readable(true);
    } else if (!is_closed()) {
        const bool before_sending = seen_.how == ending::seen_closed;
        const auto how = seen_.how == ending::reset || seen_.reset_followed ? quiet_end::reset
                         : seen_.how == ending::fin || before_sending       ? quiet_end::fin
                                                                            : quiet_end::by_us;
        close(how, before_sending || signal_cell() != cell::none);
    }
    const exchange done = current_;  // on_answer() may ask again
    on_answer(done, usable);
}

void http_client::record(const exchange& one) { context().record(one); }

}  // namespace lastcall::drill
