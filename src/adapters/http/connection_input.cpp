// What a client sends: from bytes to one request at a time.
#include <algorithm>

#include "adapters/http/connection.hpp"
#include "sys/socket/unix_listener.hpp"

namespace lastcall::http {

namespace beast_http = boost::beast::http;

namespace {

// After so many reads in a row the other connections of the loop have their turn.
constexpr int reads_in_a_row = 16;

constexpr std::size_t longest_name = 200;

}  // namespace

void connection::wait_for_input() {
    if (!waits_for_input_ && is_open()) {
        waits_for_input_ = true;
        wait(true, [self = shared_from_this()](boost::system::error_code error) {
            self->waits_for_input_ = false;
            if (!error) {
                self->resume();
            }
        });
    }
}

// A TLS write may wait for input, and a TLS read for room.
void connection::resume() {
    if (is_open()) {
        out_.empty() ? read() : flush();
    }
    if (endless_ != nullptr) {
        watch_for_end();
    }
}

// Reads until the kernel has no more, or a request is with the application.
void connection::read() {
    for (int i = 0; is_open() && !busy_ && at != phase::websocket; ++i) {
        if (i == reads_in_a_row) {
            wait_for_input();
            return;
        }
        const io_result got = transport_.read(loop_.scratch.data(), loop_.scratch.size());
        switch (got.what) {
            case io_result::kind::done:
                if (has_parted()) {
                    continue;  // too late to be answered; read so that no RST is sent
                }
                take({loop_.scratch.data(), got.bytes});
                if (got.bytes < loop_.scratch.size() && !transport_.is_tls() && !busy_) {
                    wait_for_input();
                    return;
                }
                continue;
            case io_result::kind::wants_read:
                wait_for_input();
                return;
            case io_result::kind::wants_write:
                wait_for_room();
                return;
            case io_result::kind::end:
                transport_.shutdown();  // TLS: our close_notify, or the client sees a truncation
                close();
                return;
            case io_result::kind::no_tls:
                // The alert is sent. Closing over unread input would reset the connection,
                // and the client might not see why.
                if (at == phase::lingering || at == phase::parting) {
                    continue;
                }
                begin_linger(phase::lingering);
                return;
            case io_result::kind::error:
                close();
                return;
        }
    }
}

// Parses what has come. At most one request is with the application at a time; what
// follows it stays in `in_` until it is answered.
void connection::take(std::string_view data) {
    if (!in_.empty()) {
        in_.append(data);
        data = in_;
    }
    taking_ = true;
    unread_ = data;
    while (is_open() && !busy_ && !unread_.empty() && parse_one()) {
    }
    taking_ = false;
    if (in_.empty()) {
        in_.assign(unread_);
    } else {
        in_.erase(0, in_.size() - unread_.size());  // `unread_` is its end, or nothing
    }
    unread_ = {};
    if (in_.empty()) {
        std::string().swap(in_);
    }
    settle();
}

// Feeds the parser once. Returns whether it is worth going on with the rest.
bool connection::parse_one() {
    const server_options& o = loop_.shared.options;
    if (parser_ == nullptr) {
        // RFC 9112, section 2.2: an empty line before a request is skipped.
        while (unread_.starts_with("\r\n")) {
            unread_.remove_prefix(2);
        }
        if (unread_.empty() || unread_ == "\r") {
            return false;
        }
        parser_ = std::make_unique<parser>();
        parser_->header_limit(static_cast<std::uint32_t>(o.header_limit));
        parser_->body_limit(o.body_limit);
    }
    // The header is looked at before the body is touched: the parser puts trailers among
    // the fields, and what is refused should not be asked to send its body.
    const bool had_header = parser_->is_header_done();
    boost::beast::error_code error;
    const std::size_t used =
        parser_->put(boost::asio::buffer(unread_.data(), unread_.size()), error);
    unread_.remove_prefix(used);
    const bool needs_more = error == beast_http::error::need_more;
    if (error && !needs_more) {
        reject(error);
        return false;
    }
    if (!had_header && parser_->is_header_done() && !accept_header()) {
        return false;
    }
    if (parser_->is_done()) {
        dispatch();
        return true;
    }
    if (needs_more && unread_.size() > o.header_limit) {
        // A chunk extension or a trailer that does not end; bodies are taken as they come.
        reject(status::request_header_fields_too_large, "a line is too long");
        return false;
    }
    return used > 0 && !needs_more;
}

// Returns: whether the request is fit to be read on.
bool connection::accept_header() {
    const auto& header = parser_->get();
    if (const std::string_view fault = fault_in(header); !fault.empty()) {
        reject(status::bad_request, fault);
        return false;
    }
    parser_->eager(true);
    if (header.chunked()) {
        sender_header_ = std::make_unique<request::header_type>(header.base());
    }
    if (header.find(field::expect) != header.end() && header.version() >= 11) {
        // RFC 9110, section 10.1.1.
        if (!boost::beast::iequals(header[field::expect], "100-continue")) {
            reject(status::expectation_failed, "the expectation is unknown");
            return false;
        }
        if (!parser_->is_done() && unread_.empty()) {
            write("HTTP/1.1 100 Continue\r\n\r\n", {});
        }
    }
    return is_open();
}

// What the parser lets through and RFC 9112, sections 3.2, 6.1 and 6.3, does not. Whoever
// reads the length of a body differently than a proxy before us reads the next client's
// request out of it.
std::string_view connection::fault_in(const request& r) const {
    const auto hosts = r.count(field::host);
    if (hosts > 1 || (r.version() >= 11 && hosts == 0)) {
        return hosts == 0 ? "no Host field" : "more than one Host field";
    }
    if (r.count(field::content_length) > 1) {
        return "more than one Content-Length";
    }
    const auto encodings = r.count(field::transfer_encoding);
    if (encodings == 0) {
        return {};
    }
    if (encodings > 1 || !boost::beast::iequals(r[field::transfer_encoding], "chunked")) {
        return "the one Transfer-Encoding known here is chunked";
    }
    if (r.version() < 11) {
        return "Transfer-Encoding in HTTP/1.0";
    }
    return r.count(field::content_length) > 0 ? "Content-Length beside Transfer-Encoding"
                                              : std::string_view();
}

void connection::dispatch() {
    request got = parser_->release();
    parser_.reset();
    if (sender_header_ != nullptr) {
        got.base() = std::move(*sender_header_);  // trailers are not merged: RFC 9110, 6.5.1
        sender_header_.reset();
    }
    busy_ = true;
    const std::string_view target(got.target().data(), got.target().size());
    // The query may hold what does not belong into a log.
    current_.assign(got.method_string()).append(" ");
    current_.append(target.substr(0, std::min(target.find('?'), longest_name)));
    if (peer_.empty()) {
        note_peer();
    }
    loop_.move(*this, phase::handling);
    loop_.shared.requests.fetch_add(1, std::memory_order_relaxed);
    hand_over(std::move(got));
}

void connection::note_peer() {
    if (loop_.shared.is_local) {
        if (const auto who = sys::identity_of_peer(transport_.fd())) {
            credentials_ = {who->uid, who->gid, who->pid};
            peer_ = "pid " + std::to_string(who->pid) + " of uid " + std::to_string(who->uid);
        }
    } else {
        peer_ = sys::peer_name(transport_.fd());
    }
}

void connection::reject(boost::beast::error_code error) {
    if (error == beast_http::error::header_limit) {
        reject(status::request_header_fields_too_large, "the header is too large");
    } else if (error == beast_http::error::body_limit) {
        reject(status::payload_too_large, "the body is too large");
    } else if (error == beast_http::error::bad_version) {
        reject(status::http_version_not_supported, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    } else {
        reject(status::bad_request, "malformed request: " + error.message());
    }
}

void connection::reject(status code, std::string_view why) {
    loop_.shared.refused.fetch_add(1, std::memory_order_relaxed);
    parser_.reset();
    sender_header_.reset();
    unread_ = {};
    busy_ = true;
    response answer_with(code, 11);
    answer_with.set(field::content_type, "text/plain; charset=utf-8");
    answer_with.body().assign(why).append("\n");
    answer(std::move(answer_with), {}, 11, false, false);
}

// Chooses the phase after input was taken.
void connection::settle() {
    if (!is_open() || busy_ || has_parted() || at == phase::websocket) {
        return;
    }
    if (parser_ == nullptr && in_.empty()) {
        if (at != phase::idle) {
            loop_.move(*this, phase::idle);
        }
    } else if (parser_ != nullptr && parser_->is_header_done()) {
        loop_.move(*this, phase::body);  // each piece of a body renews its limit
    } else if (at != phase::header) {
        loop_.move(*this, phase::header);
    }
}

/// Whether our FIN is out: nothing that comes now is answered.
bool connection::has_parted() const noexcept {
    return at == phase::lingering || at == phase::parting || at == phase::parting_far;
}

bool connection::more_requests_wait() const noexcept {
    return !unread_.empty() || (!taking_ && !in_.empty()) ||
           sys::bytes_waiting(transport_.fd()) > 0;
}

// While ending, a connection is closed after the last request that has come, not after
// the next response: the requests behind it would be lost.
bool connection::will_keep_alive(bool wanted) const noexcept {
    return wanted && (!loop_.shared.is_ending() || more_requests_wait());
}

}  // namespace lastcall::http
