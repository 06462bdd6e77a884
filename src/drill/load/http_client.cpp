#include "drill/load/http_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace lastcall::drill {

using sys::io_status;

http_client::http_client(load_context& shared, std::string_view lane)
    : client(shared, lane), patience_(shared.patience) {}

void http_client::ask(const asked& what, moment due, std::size_t first) {
    step_ = step::asking;
    add_to(context().counters.in_flight, 1);
    asked_ = what;
    released_ = std::min(first, what.bytes.size());
    seen_ = {};
    parser_.begin(what.method == "HEAD");
    sent_before_ = 0;
    current_ = begin_exchange(what.method, what.target, due);
    current_.effect = what.effect;
    has_connection_ = is_open() || routes_open();
    wait_until(clock::now() + patience_);
    if (is_open()) {
        const auto waiting = wire().look();
        if (waiting.status == io_status::would_block) {
            begin_sending();
        } else {
            finish(ending::seen_closed, waiting.error);
        }
    } else if (has_connection_) {
        connect(receive_buffer_);
    } else {
        finish(ending::seen_closed, 0);
    }
}

void http_client::connect_quietly() {
    wait_until(clock::now() + patience_);
    connect(receive_buffer_);
}

void http_client::on_open() {
    if (step_ == step::asking) {
        begin_sending();
    } else {
        wait_no_more();
        on_connected();
    }
}

void http_client::on_no_connection(ending how, int error) {
    if (step_ == step::asking) {
        finish(how, error);
    } else {
        wait_no_more();
        on_lost(quiet_end::reset);
    }
}

void http_client::begin_sending() {
    switched_ = false;
    sent_before_ = bytes_sent();
    current_.nth = answered_;
    current_.sent_ns = nanoseconds(clock::now());
    send(asked_.bytes.substr(0, released_));
    if (bytes_sent() == sent_before_ && !has_unsent() && !wire().wants_to_write()) {
        current_.sent_ns = 0;  // the kernel knew of the end already, and took nothing
    }
}

void http_client::release(std::size_t up_to) {
    up_to = std::min(up_to, asked_.bytes.size());
    if (step_ != step::asking || !is_open() || up_to <= released_) {
        return;
    }
    const auto from = released_;
    released_ = up_to;
    send(asked_.bytes.substr(from, up_to - from));
}

void http_client::read_at_most(std::uint64_t bytes) {
    read_budget_ = bytes;
    if (is_open() && step_ == step::asking) {
        want_readable(bytes != 0);
        if (bytes != 0 && wire().holds_bytes()) {
            read_response();
        }
    }
}

void http_client::on_readable() {
    if (switched_) {
        read_on();
        return;
    }
    switch (step_) {
        case step::asking:
            read_response();
            break;
        case step::lingering:
            read_lingering();
            break;
        case step::quiet:
            read_idle();
            break;
    }
}

void http_client::read_response() {
    std::array<char, 16 * 1024> buffer;
    while (step_ == step::asking && is_open()) {
        if (read_budget_ == 0) {
            want_readable(false);
            return;
        }
        const auto room = std::min<std::uint64_t>(buffer.size(), read_budget_);
        const auto got = receive(std::span(buffer.data(), room));
        if (got.status == io_status::would_block) {
            return;
        }
        if (got.status != io_status::done) {
            const auto how = ending_of(got);
            if (how == ending::fin || how == ending::fin_without_notify) {
                seen_.ends_with_fin = parser_.ends_with_connection();
                parser_.end_of_input();
            }
            finish(current_.sent_ns == 0 ? ending::seen_closed : how, got.error);
            return;
        }
        if (read_budget_ != std::numeric_limits<std::uint64_t>::max()) {
            read_budget_ -= got.size;
        }
        take({buffer.data(), got.size});
        if (got.size < room && !wire().holds_bytes()) {
            return;  // the poller tells when there is more
        }
    }
}

void http_client::take(std::string_view bytes) {
    if (current_.first_byte_ns == 0) {
        current_.first_byte_ns = nanoseconds(clock::now());
    }
    const bool had_head = parser_.got() == progress::body;
    const auto used = parser_.feed(bytes);
    if (parser_.malformed()) {
        finish(ending::malformed, 0);
    } else if (parser_.got() == progress::complete) {
        answer_complete(bytes.substr(used));
    } else if (!had_head && parser_.got() == progress::body) {
        on_head();
    }
}

/// Bytes that nobody asked for may follow: the answer counts, and the connection can not be
/// used again.
void http_client::answer_complete(std::string_view rest) {
    if (parser_.status() == 101) {
        step_ = step::quiet;
        switched_ = true;
        take_from(context().counters.in_flight, 1);
        wait_no_more();
        ++answered_;
        current_.status = 101;
        current_.bytes = parser_.bytes();
        on_switched(current_);
        if (switched_ && is_open() && !rest.empty()) {
            on_bytes(rest);
        }
        return;
    }
    finish(ending::complete, 0, rest.empty());
}

void http_client::read_idle() {
    const auto waiting = wire().look();
    if (waiting.status == io_status::would_block) {
        return;
    }
    auto how = quiet_end::unsolicited;
    if (waiting.status == io_status::end) {
        how = quiet_end::fin;
    } else if (waiting.status != io_status::done) {
        how = quiet_end::reset;
    }
    close(how, true);
    on_lost(how);
}

void http_client::on_timeout() {
    if (step_ == step::lingering) {
        conclude(false);
    } else if (step_ == step::asking) {
        finish(now_in() == phase::connecting ? ending::connect_timeout : ending::timeout,
               now_in() == phase::connecting ? ETIMEDOUT : 0);
    } else if (!is_open()) {
        close(quiet_end::by_us, false);
        on_lost(quiet_end::by_us);
    }
}

void http_client::wind_down() {
    client::wind_down();
    if (!busy() && !switched_) {
        cancel_tick();
        if (!is_closed()) {
            close(quiet_end::by_us, true);
        }
    }
}

void http_client::abandon() {
    if (step_ == step::lingering) {
        conclude(false);
    } else if (step_ == step::asking) {
        finish(ending::client_ended, 0);
    }
}

cell http_client::cell_now() const {
    if (!is_open() || (step_ == step::quiet && answered_ == 0)) {
        return client::cell_now();
    }
    if (was_begun_in_turn_) {
        return cell::queued;
    }
    if (step_ != step::asking) {
        return context().is_just_idle(last_answer_ns_) ? cell::just_idle : cell::idle;
    }
    switch (parser_.got()) {
        case progress::nothing:
            break;
        case progress::head:
            return cell::head_received;
        case progress::body:
            return parser_.body_bytes() == 0 ? cell::head_received : cell::body_half;
        case progress::complete:
            return cell::waiting;
    }
    if (released_ < asked_.head_size) {
        return cell::half_head;
    }
    return released_ < asked_.bytes.size() || has_unsent() ? cell::half_body : cell::waiting;
}

}  // namespace lastcall::drill
