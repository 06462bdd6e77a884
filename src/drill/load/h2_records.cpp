// The records that an HTTP/2 client makes.
#include <utility>

#include "drill/load/h2_client.hpp"

namespace lastcall::drill {
namespace {

bool ended_by_server(ending how) noexcept {
    return how == ending::fin || how == ending::fin_without_notify || how == ending::reset;
}

}  // namespace

/// No connection was made, or none that speaks HTTP/2.
void h2_client::record_unsent(ending how, int error) {
    auto record = *std::exchange(due_, std::nullopt);
    take_from(context().counters.in_flight, 1);
    record.connection = connection();
    record.nth = answered_;  // of this connection, not of the one before
    record.opened_ns = opened_ns();
    record.end_ns = nanoseconds(clock::now());
    record.error = error;
    evidence seen;
    seen.how = how;
    seen.request_taken = taken::no;
    record.result = classify(seen);
    context().record(record);
}

outcome h2_client::result_of(const h2_stream& seen, const request& done, ending how,
                             taken request_taken) {
    if (!is_settled() && ended_by_server(how)) {
        // Not one byte of HTTP/2 came: it is what becomes of any new connection.
        evidence plain;
        plain.how = how;
        plain.is_first = done.record.nth == 0;
        plain.request_taken = request_taken;
        plain.accepted = accepted_so_far();
        return classify(plain);
    }
    stream_evidence stream;
    stream.how = how;
    stream.was_reset = seen.was_reset;
    stream.reset_code = seen.reset_code;
    // An answer that was complete before GOAWAY may be read together with it.
    const auto& goaway = session_->goaway();
    if (goaway && (seen.after_goaway || seen.got != progress::complete)) {
        stream.has_goaway = true;
        stream.goaway_code = goaway->code;
        stream.goaway_last_stream = goaway->last_stream;
    }
    stream.stream = seen.id;
    stream.got = seen.got;
    stream.status = seen.status;
    stream.retry_after = seen.retry_after;
    stream.request_taken = request_taken;
    return classify(stream);
}

void h2_client::record_stream(const h2_stream& seen, request done, ending how, int error) {
    exchange& record = done.record;
    const bool is_complete = seen.got == progress::complete;
    take_from(context().counters.in_flight, 1);
    record.end_ns = nanoseconds(clock::now());
    record.first_byte_ns = seen.first_byte_ns;
    record.bytes = seen.bytes;
    record.body = seen.body_bytes;
    record.status = static_cast<std::int16_t>(seen.status);
    record.error = error;
    record.close_announced = is_complete ? seen.after_goaway : session_->goaway().has_value();
    if (!is_complete && seen.length && *seen.length > seen.body_bytes) {
        record.missing = *seen.length - seen.body_bytes;
    }
    if (!seen.instance.empty()) {
        record.instance = context().instance(seen.instance);
    }
    if (seen.got != progress::nothing || seen.was_reset) {
        record.request_taken = taken::yes;
    } else if (session_->goaway()) {
        // RFC 9113, 6.8: above the last stream nothing was or will be processed.
        record.request_taken = seen.id > session_->goaway()->last_stream ? taken::no : taken::yes;
    } else if (ended_by_server(how)) {
        record.request_taken = taken_since(done.sent_before, how);
    }
    const auto signal = context().signal_ns;
    if (signal != 0 && record.end_ns > signal) {
        // Every stream is somewhere at the signal, not only the first that ends.
        const bool crossed = done.crossed || (record.sent_ns > signal && !is_complete);
        record.at_signal = record.sent_ns <= signal ? cell::h2_active
                           : crossed                ? cell::h2_after_goaway
                                                    : cell::none;
    }
    record.result = result_of(seen, done, how, record.request_taken);
    if (is_complete) {
        ++answered_;
        last_answer_ns_ = record.end_ns;
        context().note_accepted(opened_ns());
    }
    context().record(record);
}

void h2_client::record_open_streams(ending how, int error) {
    for (const auto& [stream, done] : std::exchange(requests_, {})) {
        const auto& open = session_->open_streams();
        const auto found = open.find(stream);
        h2_stream seen;
        seen.id = stream;
        record_stream(found == open.end() ? seen : found->second, done, how, error);
    }
}

/// A connection without streams has ended: a client that was about to use it does not know
/// whether it may send its request again, unless GOAWAY came before.
void h2_client::record_connection(ending how, int error) {
    if (!is_settled()) {
        return;
    }
    auto record =
        begin_exchange("H2", manner_->target, moment(std::chrono::nanoseconds(opened_ns())));
    record.sent_ns = opened_ns();
    record.end_ns = nanoseconds(clock::now());
    record.error = error;
    record.request_taken = taken::unknown;
    const auto& goaway = session_->goaway();
    record.close_announced = goaway.has_value();
    if (goaway) {
        record.result = goaway->code == 0 ? outcome::served_close : outcome::h2_goaway_error;
    } else {
        record.result = how == ending::malformed      ? outcome::malformed
                        : how == ending::client_ended ? outcome::ended_by_us
                                                      : outcome::h2_no_goaway;
    }
    // The other cells belong to the streams that were open then.
    const auto signal = context().signal_ns;
    if (signal != 0 && record.end_ns > signal && signal_cell() == cell::h2_idle) {
        record.at_signal = cell::h2_idle;
    }
    context().record(record);
}

}  // namespace lastcall::drill
