#include "drill/load/h2_client.hpp"

#include <cerrno>
#include <utility>

namespace lastcall::drill {
namespace {

/// After GOAWAY and the last stream the server closes, or else we do.
constexpr std::chrono::seconds patience_for_fin{1};

}  // namespace

h2_client::h2_client(load_context& shared, std::shared_ptr<const h2_manner> manner, bool is_busy)
    : client(shared, manner->lane), manner_(std::move(manner)), is_busy_(is_busy) {}

void h2_client::begin() {
    due_ = begin_exchange("GET", manner_->target, clock::now());
    add_to(context().counters.in_flight, 1);
    wait_until(clock::now() + manner_->patience);
    session_.reset();
    had_goaway_ = is_leaving_ = is_crossing_ = false;
    extra_ = 0;
    connect(0, manner_->tls);
}

void h2_client::again() {
    if (routes_open()) {
        tick_at(clock::now() + pause_after_failure);
    }
}

void h2_client::tick() {
    if (is_closed()) {
        if (!due_ && routes_open()) {
            begin();
        }
        return;
    }
    cross();
    top_up();
}

void h2_client::on_open() {
    wait_no_more();
    if (manner_->tls && wire().protocol() != "h2") {
        record_unsent(ending::malformed, 0);
        close(quiet_end::by_us, false);
        again();
        return;
    }
    session_.emplace(context().instance_field);
    ask();
    top_up();
}

void h2_client::on_no_connection(ending how, int error) {
    record_unsent(how, error);
    again();
}

void h2_client::ask() {
    const h2_request what{manner_->tls ? "https" : "http", manner_->authority, manner_->target};
    const auto stream = session_->open(what);
    if (stream == 0) {
        return;
    }
    const auto now = clock::now();
    request made;
    made.sent_before = bytes_sent();
    made.limit = now + manner_->patience;
    if (due_) {
        made.record = *std::exchange(due_, std::nullopt);
        made.record.connection = connection();
        made.record.nth = answered_;  // it was begun while the one before was the latest
        made.record.opened_ns = opened_ns();
    } else {
        made.record = begin_exchange("GET", manner_->target, now);
        made.record.nth = answered_ + static_cast<std::uint32_t>(requests_.size());
        add_to(context().counters.in_flight, 1);
    }
    made.record.sent_ns = nanoseconds(now);
    requests_.emplace(stream, made);
}

void h2_client::top_up() {
    if (is_open() && session_) {
        // Not before the server has told its limits.
        while (is_settled() && requests_.size() < wanted_streams() && session_->can_open()) {
            ask();
        }
        push();
        set_limit();
    }
}

void h2_client::push() {
    const auto output = session_->take_output();
    if (!output.empty()) {
        send(output);
    }
}

void h2_client::on_bytes(std::string_view bytes) {
    session_->feed(bytes, nanoseconds(clock::now()));
    react();
}

void h2_client::react() {
    push();
    if (session_->goaway()) {
        note_goaway();
    }
    for (const auto& ended : session_->take_ended()) {
        const auto found = requests_.find(ended.id);
        if (found == requests_.end()) {
            continue;
        }
        const auto done = found->second;
        requests_.erase(found);
        const auto how = ended.is_malformed                ? ending::malformed
                         : ended.got == progress::complete ? ending::complete
                                                           : ending::reset;
        record_stream(ended, done, how, 0);
    }
    if (!session_->problem().empty()) {
        over(quiet_end::by_us, ending::malformed, EPROTO);
        return;
    }
    top_up();
    leave_when_done();
}

void h2_client::note_goaway() {
    if (had_goaway_) {
        return;
    }
    had_goaway_ = true;
    is_crossing_ = false;
    context().note_close_announced(nanoseconds(clock::now()));
    const auto signal = context().signal_ns;
    for (auto& [stream, one] : requests_) {
        one.crossed = signal != 0 && one.record.sent_ns > signal;
    }
}

/// Nothing in flight, and nothing more will be.
void h2_client::leave_when_done() {
    if (!is_open() || !requests_.empty()) {
        return;
    }
    if (winds_down() && !had_goaway_) {
        session_->say_goodbye();
        push();
        close(quiet_end::by_us, true);
        session_.reset();
        cancel_tick();
    } else if (had_goaway_ && !is_leaving_) {
        is_leaving_ = true;
        cancel_tick();
        wait_until(clock::now() + patience_for_fin);
    }
}

void h2_client::set_limit() {
    if (requests_.empty()) {
        if (!is_leaving_) {
            wait_no_more();
        }
        return;
    }
    // All have the same patience, and the lower numbers were opened first.
    wait_until(requests_.begin()->second.limit);
}

void h2_client::on_timeout() {
    if (!is_open()) {
        const bool connecting = now_in() == phase::connecting;
        close(quiet_end::by_us, false);
        record_unsent(connecting ? ending::connect_timeout : ending::timeout,
                      connecting ? ETIMEDOUT : 0);
        again();
        return;
    }
    if (requests_.empty()) {
        over(quiet_end::by_us, ending::client_ended, 0);
        return;
    }
    const auto now = clock::now();
    while (!requests_.empty() && requests_.begin()->second.limit <= now) {
        const auto [stream, done] = *requests_.begin();
        const auto seen = session_->open_streams().at(stream);
        requests_.erase(requests_.begin());
        session_->cancel(stream);
        record_stream(seen, done, ending::timeout, 0);
    }
    top_up();
    leave_when_done();
}

void h2_client::on_end(ending how, int error) {
    over(how == ending::reset ? quiet_end::reset : quiet_end::fin, how, error);
}

/// The connection has ended, or has to.
void h2_client::over(quiet_end how, ending as, int error) {
    is_crossing_ = false;
    cancel_tick();
    const bool was_quiet = requests_.empty();
    if (was_quiet) {
        record_connection(as, error);
    }
    record_open_streams(as, error);
    close(how, was_quiet);
    session_.reset();
    again();
}

void h2_client::wind_down() {
    client::wind_down();
    is_crossing_ = false;
    if (is_closed()) {
        cancel_tick();
    } else {
        leave_when_done();
    }
}

void h2_client::abandon() {
    if (due_) {
        record_unsent(ending::client_ended, 0);
    }
    record_open_streams(ending::client_ended, 0);
    is_crossing_ = false;
}

}  // namespace lastcall::drill
