// What a pipelined client makes of its answers: an exchange and a result for each request.
#include "drill/load/pipelined_client.hpp"

namespace lastcall::drill {

bool pipelined_client::answered() {
    auto& one = batch_[next_];
    one.end_ns = nanoseconds(clock::now());
    one.request_taken = taken::yes;
    context().note_accepted(opened_ns());
    if (parser_.close_announced()) {
        announced_ = true;
        context().note_close_announced(one.end_ns);
        wait_until(clock::now() + patience_for_end);
        return false;
    }
    finish_one(one, evidence_of(ending::complete));
    if (waiting() != 0) {
        parser_.begin(false);
        return true;
    }
    wait_no_more();
    again(true);
    return true;
}

evidence pipelined_client::evidence_of(ending how) const {
    evidence seen;
    seen.how = how;
    seen.got = parser_.got();
    seen.status = parser_.status();
    seen.close_announced = parser_.close_announced();
    seen.retry_after = seen.status == 503 && parser_.field("Retry-After").has_value();
    seen.is_first = answered_ == 0 && next_ == 0;
    return seen;
}

void pipelined_client::finish_one(exchange& one, const evidence& seen) {
    one.status = static_cast<std::int16_t>(seen.status);
    one.close_announced = seen.close_announced;
    one.bytes = seen.got == progress::nothing ? 0 : parser_.bytes();
    one.body = seen.got == progress::nothing ? 0 : parser_.body_bytes();
    one.missing = seen.got == progress::complete ? 0 : parser_.missing();
    one.result = classify(seen);
    record(one);
    answered_ += seen.got == progress::complete ? 1U : 0U;
    last_answer_ns_ = one.end_ns;
}

void pipelined_client::record(exchange& one) {
    ++next_;
    take_from(context().counters.in_flight, 1);
    if (const auto signal = context().signal_ns; signal != 0 && one.end_ns > signal) {
        // All requests of the batch were there.
        one.at_signal = waiting() == 0 ? take_signal_cell() : signal_cell();
    }
    context().record(one);
}

void pipelined_client::over(ending how, int error) {
    const bool was_quiet = waiting() == 0;
    end_batch(how, error, announced_ ? std::optional(how == ending::reset) : std::nullopt);
    close(how == ending::reset                                      ? quiet_end::reset
          : how == ending::fin || how == ending::fin_without_notify ? quiet_end::fin
                                                                    : quiet_end::by_us,
          was_quiet);
    again(false);
}

void pipelined_client::end_batch(ending how, int error, std::optional<bool> reset_followed) {
    if (reset_followed && waiting() != 0) {
        auto seen = evidence_of(ending::complete);
        seen.reset_followed = *reset_followed;
        finish_one(batch_[next_], seen);
        end_unprocessed();
    }
    bool is_begun = !is_closed() && parser_.got() != progress::nothing;
    while (waiting() != 0) {
        auto& one = batch_[next_];
        evidence seen;
        if (is_begun) {
            seen = evidence_of(how);
        }
        seen.how = how;
        seen.is_first = answered_ == 0 && next_ == 0;
        one.end_ns = nanoseconds(clock::now());
        one.error = error;
        if (seen.got != progress::nothing) {
            one.request_taken = taken::yes;
        } else if (is_open() && one.sent_ns != 0) {
            const auto size = wire_text_.size() / at_once;
            one.request_taken = seen.request_taken = taken_since(sent_before_ + next_ * size, how);
            seen.accepted = accepted_so_far();
        }
        finish_one(one, seen);
        is_begun = false;
    }
    announced_ = false;
}

void pipelined_client::end_unprocessed() {
    while (waiting() != 0) {
        auto& one = batch_[next_];
        one.end_ns = nanoseconds(clock::now());
        one.result = outcome::behind_close;
        record(one);
    }
}

}  // namespace lastcall::drill
