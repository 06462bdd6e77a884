#include "drill/http_client.hpp"

#include <array>

#include "drill/text.hpp"

namespace lastcall::drill {

std::string encode(const request& what, std::string_view host) {
    std::string out;
    out.append(what.method).append(" ").append(what.target).append(" HTTP/1.1\r\nHost: ");
    out.append(host).append("\r\n").append(what.fields);
    if (!what.body.empty() || what.method == "POST") {
        out.append("Content-Length: ").append(std::to_string(what.body.size())).append("\r\n");
    }
    return out.append("\r\n").append(what.body);
}

http_client::http_client(load_context& context, std::string_view lane)
    : context_(context),
      lane_(lane),
      patience_(context.patience),
      patience_timer_(context.loop.timers(), [this] { finish(ending::timeout, 0); }) {}

http_client::~http_client() {
    if (fd_) {
        context_.loop.sockets().remove(fd_.get(), *this);
    }
}

void http_client::end() {
    if (in_flight_) {
        finish(ending::client_ended, 0);
    } else if (phase_ == phase::raw) {
        on_raw_end(ending::client_ended);
    }
    if (open()) {
        close();
    }
}

void http_client::start(request what, moment due) {
    in_flight_ = true;
    ++context_.counters.in_flight;
    current_ = exchange{};
    current_.lane = lane_;
    current_.method = what.method;
    current_.intended_ns = nanoseconds(due);
    outbox_ = encode(what, context_.host);
    outbox_sent_ = 0;
    current_.target = std::move(what.target);
    parser_.emplace(current_.method == "HEAD");
    patience_timer_.set(clock::now() + patience_);
    if (phase_ == phase::idle) {
        current_.opened_ns = opened_ns_;
        const auto seen = look();
        if (seen.status == sys::io_status::would_block) {
            begin_sending();
        } else {
            finish(ending::seen_closed, seen.error);
        }
    } else if (context_.routes_open) {
        begin_connection();
    } else {
        finish(ending::seen_closed, 0);
    }
}

void http_client::connect_only() {
    if (context_.routes_open) {
        begin_connection();
    }
}

void http_client::begin_connection() {
    connection_ = ++context_.connections_made;
    answered_ = 0;
    opened_ns_ = nanoseconds(clock::now());
    current_.opened_ns = opened_ns_;
    const auto begun = sys::begin_connect(fd_, context_.target);
    if (begun.status == sys::io_status::done || begun.status == sys::io_status::would_block) {
        polled_writable_ = true;
        set_phase(phase::connecting);
        context_.loop.sockets().add(fd_.get(), *this, true);
        return;
    }
    fd_.reset();
    if (in_flight_) {
        finish(begun.status == sys::io_status::refused ? ending::connect_refused
                                                       : ending::connect_failed,
               begun.error);
    } else {
        on_lost(quiet_end::reset);
    }
}

void http_client::connection_made() {
    const auto made = sys::connect_result(fd_.get());
    if (made.status == sys::io_status::done) {
        set_phase(phase::idle);
        if (in_flight_) {
            begin_sending();
        } else {
            want_writable(false);
            on_open();
        }
        return;
    }
    if (!in_flight_) {
        close(quiet_end::reset);
        on_lost(quiet_end::reset);
        return;
    }
    switch (made.status) {
        case sys::io_status::refused:
            finish(ending::connect_refused, made.error);
            break;
        case sys::io_status::reset:
            finish(ending::reset, made.error);
            break;
        default:
            finish(ending::connect_failed, made.error);
    }
}

void http_client::begin_sending() {
    set_phase(phase::busy);
    current_.opened_ns = opened_ns_;
    current_.nth = answered_;
    current_.sent_ns = nanoseconds(clock::now());
    flush();
}

void http_client::flush() {
    while (outbox_sent_ < outbox_.size()) {
        const auto sent = sys::send_some(fd_.get(), std::string_view(outbox_).substr(outbox_sent_));
        if (sent.status == sys::io_status::done) {
            outbox_sent_ += sent.size;
            continue;
        }
        if (sent.status == sys::io_status::would_block) {
            want_writable(true);
        } else {
            // The server may have answered before it closed: the answer is read first, and
            // tells what this is.
            want_writable(false);
        }
        return;
    }
    want_writable(false);
}

void http_client::on_io(bool readable, bool writable) {
    switch (phase_) {
        case phase::connecting:
            connection_made();
            break;
        case phase::busy:
            if (writable && outbox_sent_ < outbox_.size() && polled_writable_) {
                flush();
            }
            if (readable && phase_ == phase::busy) {
                read_response();
            }
            break;
        case phase::idle:
            if (readable) {
                read_idle();
            }
            break;
        case phase::raw:
            if (writable && polled_writable_) {
                flush();
            }
            if (readable && phase_ == phase::raw) {
                read_raw();
            }
            break;
        case phase::closed:
            break;
    }
}

void http_client::read_response() {
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const auto got = sys::receive_some(fd_.get(), buffer);
        if (got.status == sys::io_status::would_block) {
            return;
        }
        if (got.status == sys::io_status::end) {
            parser_->end_of_input();
            finish(ending::fin, 0);
            return;
        }
        if (got.status != sys::io_status::done) {
            finish(ending::reset, got.error);
            return;
        }
        if (current_.first_byte_ns == 0) {
            current_.first_byte_ns = nanoseconds(clock::now());
        }
        const std::string_view bytes(buffer.data(), got.size);
        const auto used = parser_->feed(bytes);
        if (parser_->malformed()) {
            finish(ending::malformed, 0);
            return;
        }
        if (parser_->got() == progress::complete) {
            const auto rest = bytes.substr(used);
            const bool taken_over = parser_->status() == 101;
            // Bytes that nobody asked for may follow: the answer counts, and the connection
            // can not be used again.
            finish(ending::complete, 0, rest.empty() || taken_over);
            if (taken_over && phase_ == phase::raw && !rest.empty()) {
                on_raw(rest);
            }
            return;
        }
    }
}

void http_client::read_idle() {
    const auto seen = look();
    if (seen.status == sys::io_status::would_block) {
        return;
    }
    auto how = quiet_end::unsolicited;
    if (seen.status == sys::io_status::end) {
        how = quiet_end::fin;
    } else if (seen.status != sys::io_status::done) {
        how = quiet_end::reset;
    }
    close(how);
    on_lost(how);
}

void http_client::read_raw() {
    std::array<char, 16 * 1024> buffer;
    while (phase_ == phase::raw) {
        const auto got = sys::receive_some(fd_.get(), buffer);
        if (got.status == sys::io_status::would_block) {
            return;
        }
        if (got.status == sys::io_status::done) {
            on_raw({buffer.data(), got.size});
            continue;
        }
        on_raw_end(got.status == sys::io_status::end ? ending::fin : ending::reset);
        return;
    }
}

void http_client::send_raw(std::string_view bytes) {
    outbox_.erase(0, outbox_sent_);
    outbox_sent_ = 0;
    outbox_.append(bytes);
    flush();
}

void http_client::finish(ending how, int error, bool reusable) {
    patience_timer_.cancel();
    in_flight_ = false;
    --context_.counters.in_flight;
    current_.connection = connection_;
    current_.end_ns = nanoseconds(clock::now());
    current_.status = parser_->status();
    current_.bytes = parser_->bytes();
    current_.error = error;
    current_.result =
        classify(evidence{how, parser_->got(), parser_->status(), parser_->close_announced()});
    const bool answered = parser_->got() == progress::complete;
    if (answered && current_.status == 201) {
        current_.order_id = id_in_json(parser_->body());
    }
    const bool usable = answered && how == ending::complete && reusable &&
                        !parser_->close_announced() && outbox_sent_ == outbox_.size();
    answered_ += answered ? 1 : 0;
    const bool taken_over = usable && current_.status == 101;
    if (usable) {
        set_phase(taken_over ? phase::raw : phase::idle);
    } else if (open()) {
        close(how == ending::fin || how == ending::seen_closed ? quiet_end::fin
              : how == ending::reset                           ? quiet_end::reset
                                                               : quiet_end::by_us);
    }
    if (!taken_over) {
        record(current_);
    }
    const exchange done = current_;  // on_answer() may start the next one
    on_answer(done, usable);
    if (!in_flight_ && phase_ == phase::idle) {
        parser_.reset();
        outbox_ = {};
    }
}

void http_client::record(exchange one) {
    switch (judge(one.result)) {
        case verdict_on::fine:
            ++context_.counters.answered;
            break;
        case verdict_on::lost:
            ++context_.counters.lost;
            break;
        default:
            break;
    }
    context_.log.exchanges.push_back(std::move(one));
}

void http_client::close(quiet_end how) {
    if (connected()) {
        context_.log.connections.push_back(
            {lane_, connection_, answered_, nanoseconds(clock::now()), how});
    }
    if (fd_) {
        context_.loop.sockets().remove(fd_.get(), *this);
        fd_.reset();
    }
    set_phase(phase::closed);
}

void http_client::want_writable(bool want) {
    if (fd_ && want != polled_writable_) {
        polled_writable_ = want;
        context_.loop.sockets().change(fd_.get(), *this, want);
    }
}

void http_client::set_phase(phase next) {
    const auto is_made = [](phase one) { return one != phase::closed && one != phase::connecting; };
    if (is_made(next) && !is_made(phase_)) {
        ++context_.counters.connections;
    } else if (!is_made(next) && is_made(phase_)) {
        --context_.counters.connections;
    }
    phase_ = next;
}

}  // namespace lastcall::drill
