#include "adapters/http/connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "adapters/http/websocket.hpp"

namespace lastcall::http {

namespace beast_http = boost::beast::http;

namespace {

// Bodies up to this size are copied behind their head and sent with it.
constexpr std::size_t small_body = 8 * 1024;

void release_memory(std::string& text) { std::string().swap(text); }

}  // namespace

void connection::start(io_loop& loop, sys::unique_fd fd) {
    std::shared_ptr<connection> made;
    try {
        made = std::make_shared<connection>(loop, std::move(fd));
    } catch (const std::exception&) {
        // No memory or no TLS session for it: the descriptor is closed by its owner.
        if (--loop.shared.open == 0) {
            loop.shared.all_gone();
        }
        return;
    }
    loop.move(*made, phase::idle);
    made->read();
}

connection::connection(io_loop& loop, sys::unique_fd fd)
    : loop_(loop),
      fd_(loop.context, fd.get()),
      transport_(fd.get(), loop.shared.tls ? make_ssl_session(*loop.shared.tls, fd.get())
                                           : ssl_session()) {
    static_cast<void>(fd.release());  // fd_ owns it now
}

connection::~connection() { close(); }

// ---- input ------------------------------------------------------------------

void connection::wait_for_input() {
    if (!waits_for_input_ && is_open()) {
        waits_for_input_ = true;
        wait(true, [self = shared_from_this()](boost::system::error_code error) {
            self->waits_for_input_ = false;
            if (!error && self->is_open()) {
                self->read();
            }
        });
    }
}

// Reads until the kernel has no more, or a request is with the application.
void connection::read() {
    while (is_open() && !busy_ && at != phase::websocket) {
        const io_result got = transport_.read(loop_.scratch.data(), loop_.scratch.size());
        switch (got.what) {
            case io_result::kind::done:
                if (at == phase::lingering || at == phase::parting) {
                    continue;  // too late to be answered; read so that no RST is sent
                }
                take({loop_.scratch.data(), got.bytes});
                if (got.bytes < loop_.scratch.size() && !transport_.is_tls() && !busy_) {
                    wait_for_input();
                    return;
                }
                continue;
            case io_result::kind::wants_read: wait_for_input(); return;
            case io_result::kind::wants_write: wait_for_room(); return;
            case io_result::kind::end:
            case io_result::kind::error: close(); return;
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
    if (unread_.data() != nullptr && unread_.data() >= in_.data() &&
        unread_.data() <= in_.data() + in_.size() && !in_.empty()) {
        in_.erase(0, in_.size() - unread_.size());
    } else {
        in_.assign(unread_);
    }
    unread_ = {};
    if (in_.empty()) {
        release_memory(in_);
    }
    settle();
}

// Feeds the parser once. Returns whether it is worth going on with the rest.
bool connection::parse_one() {
    if (parser_ == nullptr) {
        // RFC 9112, section 2.2: an empty line before a request is skipped.
        while (unread_.starts_with("\r\n")) {
            unread_.remove_prefix(2);
        }
        if (unread_.empty()) {
            return false;
        }
        parser_ = std::make_unique<parser>();
        parser_->eager(true);
        parser_->header_limit(static_cast<std::uint32_t>(loop_.shared.options.header_limit));
        parser_->body_limit(loop_.shared.options.body_limit);
    }
    boost::beast::error_code error;
    const std::size_t used =
        parser_->put(boost::asio::buffer(unread_.data(), unread_.size()), error);
    unread_.remove_prefix(used);
    if (error && error != beast_http::error::need_more) {
        if (error == beast_http::error::header_limit) {
            reject(status::request_header_fields_too_large, "the header is too large");
        } else if (error == beast_http::error::body_limit) {
            reject(status::payload_too_large, "the body is too large");
        } else if (error == beast_http::error::bad_version) {
            reject(status::http_version_not_supported, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        } else {
            reject(status::bad_request, "malformed request: " + error.message());
        }
        return false;
    }
    if (parser_->is_done()) {
        dispatch();
        return true;
    }
    if (parser_->is_header_done()) {
        check_expectation();
    }
    return used > 0 && error != beast_http::error::need_more;
}

// RFC 9110, section 10.1.1.
void connection::check_expectation() {
    const auto& fields = parser_->get();
    if (said_continue_ || fields.find(field::expect) == fields.end()) {
        return;
    }
    said_continue_ = true;
    if (!boost::beast::iequals(fields[field::expect], "100-continue")) {
        reject(status::expectation_failed, "the expectation is unknown");
    } else if (fields.version() >= 11) {
        write("HTTP/1.1 100 Continue\r\n\r\n", {});
    }
}

// What the parser lets through and RFC 9112, section 3.2, does not.
std::string_view connection::fault_in(const request& r) const {
    const auto hosts = r.count(field::host);
    if (r.version() >= 11 && hosts != 1) {
        return hosts == 0 ? "no Host field" : "more than one Host field";
    }
    return {};
}

void connection::dispatch() {
    request got = parser_->release();
    parser_.reset();
    said_continue_ = false;
    if (const std::string_view fault = fault_in(got); !fault.empty()) {
        reject(status::bad_request, fault);
        return;
    }
    busy_ = true;
    current_.assign(got.method_string()).append(" ").append(got.target());
    loop_.move(*this, phase::handling);
    loop_.shared.requests.fetch_add(1, std::memory_order_relaxed);
    hand_over(std::move(got));
}

void connection::reject(status code, std::string_view why) {
    loop_.shared.refused.fetch_add(1, std::memory_order_relaxed);
    parser_.reset();
    unread_ = {};
    busy_ = true;
    response answer_with(code, 11);
    answer_with.set(field::content_type, "text/plain; charset=utf-8");
    answer_with.body().assign(why).append("\n");
    answer(std::move(answer_with), {}, 11, false, false);
}

// Chooses the phase after input was taken.
void connection::settle() {
    if (!is_open() || busy_ || at == phase::lingering || at == phase::websocket) {
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

bool connection::more_requests_wait() const noexcept {
    return !unread_.empty() || (!taking_ && !in_.empty()) ||
           sys::bytes_waiting(transport_.fd()) > 0;
}

// While ending, a connection is closed after the last request that has come, not after
// the next response: the requests behind it would be lost.
bool connection::will_keep_alive(bool wanted) const noexcept {
    return wanted && (!loop_.shared.is_ending() || more_requests_wait());
}

// ---- output -----------------------------------------------------------------

void connection::answer(response with, lastcall::pass inside, unsigned version, bool keep_alive,
                        bool head_only) {
    if (!is_open()) {
        return;
    }
    pass_ = std::move(inside);
    keep_alive_ = will_keep_alive(keep_alive);
    std::string& head = loop_.head;
    head.clear();
    const bool has_body = may_have_body(with.result());
    append_head(head, with, has_body ? framing::content_length : framing::no_body,
                with.body().size(), version, keep_alive_);
    if (!has_body || head_only) {
        write(head, {});
    } else if (with.body().size() <= small_body) {
        head += with.body();
        write(head, {});
    } else {
        write(head, with.body());
    }
    if (out_.empty()) {
        written();
    }
}

void connection::write(std::string_view head, std::string_view body) {
    if (out_.empty()) {
        const io_result sent = transport_.write(head, body);
        if (sent.what == io_result::kind::error) {
            close();
            return;
        }
        const std::size_t n = sent.what == io_result::kind::done ? sent.bytes : 0;
        const std::size_t of_head = std::min(n, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(n - of_head);
    }
    keep_unwritten(head, body);
}

void connection::keep_unwritten(std::string_view head, std::string_view body) {
    if (head.empty() && body.empty()) {
        return;
    }
    out_.append(head).append(body);
    if (at != phase::writing) {
        loop_.move(*this, phase::writing);
    }
    if (transport_.is_tls()) {
        flush();  // one TLS record at a time
    } else {
        wait_for_room();
    }
}

void connection::wait_for_room() {
    if (!waits_for_room_ && is_open()) {
        waits_for_room_ = true;
        wait(false, [self = shared_from_this()](boost::system::error_code error) {
            self->waits_for_room_ = false;
            if (!error && self->is_open()) {
                self->out_.empty() ? self->read() : self->flush();
            }
        });
    }
}

void connection::flush() {
    while (out_done_ < out_.size()) {
        const io_result sent =
            transport_.write(std::string_view(out_).substr(out_done_), {});
        if (sent.what == io_result::kind::wants_write || sent.what == io_result::kind::wants_read) {
            wait_for_room();
            return;
        }
        if (sent.what != io_result::kind::done) {
            close();
            return;
        }
        out_done_ += sent.bytes;
        loop_.move(*this, phase::writing);  // it takes something: the limit begins anew
    }
    release_memory(out_);
    out_done_ = 0;
    written();
}

void connection::written() {
    if (!is_open()) {
        return;
    }
    if (streaming_) {
        loop_.move(*this, phase::handling);
        if (const auto callback = std::exchange(chunk_written_, {})) {
            callback(true);
        }
    } else if (busy_) {
        finish_exchange();
    }
}

void connection::finish_exchange() {
    pass_.end();
    busy_ = false;
    streaming_ = false;
    current_.clear();
    if (!keep_alive_) {
        begin_linger(phase::lingering);
        return;
    }
    if (taking_) {
        return;  // `take` goes on with what is left
    }
    loop_.move(*this, phase::idle);
    if (!in_.empty()) {
        // What follows was kept; `take` appends to it and starts over.
        take({});
    }
    if (is_open() && !busy_) {
        transport_.is_tls() ? read() : wait_for_input();
    }
}

// ---- streams ----------------------------------------------------------------

void connection::begin_stream(const response& with, lastcall::pass inside, unsigned version,
                              bool keep_alive, bool head_only) {
    if (!is_open()) {
        return;
    }
    pass_ = std::move(inside);
    streaming_ = true;
    stream_chunked_ = version >= 11;
    stream_muted_ = head_only;
    keep_alive_ = stream_chunked_ && will_keep_alive(keep_alive);
    loop_.head.clear();
    append_head(loop_.head, with, stream_chunked_ ? framing::chunked : framing::until_close, 0,
                version, keep_alive_);
    write(loop_.head, {});
}

void connection::stream_chunk(std::string_view chunk, std::function<void(bool)> on_written) {
    if (!is_open() || !streaming_) {
        if (on_written) {
            on_written(false);
        }
        return;
    }
    chunk_written_ = std::move(on_written);
    if (!chunk.empty() && !stream_muted_) {
        std::string& framed = loop_.head;
        framed.clear();
        if (stream_chunked_) {
            std::array<char, 20> size{};
            const auto end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
            framed.append(size.data(), end).append("\r\n").append(chunk).append("\r\n");
        } else {
            framed.append(chunk);
        }
        write(framed, {});
    }
    if (out_.empty()) {
        written();
    }
}

void connection::end_stream(bool properly) {
    if (!is_open() || !streaming_) {
        return;
    }
    if (!properly) {
        cut();  // the client must see that the body is not whole
        return;
    }
    streaming_ = false;
    // A stream that began before the stop and ends in it tells the client to leave.
    keep_alive_ = keep_alive_ && will_keep_alive(true);
    if (stream_chunked_ && !stream_muted_) {
        write("0\r\n\r\n", {});
    }
    if (out_.empty()) {
        written();
    }
}

// ---- ends -------------------------------------------------------------------

// RFC 9112, section 9.6: half-close, read on until the client closes, then close.
void connection::begin_linger(phase how) {
    if (!is_open()) {
        return;
    }
    transport_.shutdown();
    parser_.reset();
    release_memory(in_);
    unread_ = {};
    loop_.move(*this, how);
    wait_for_input();
}

void connection::timed_out() {
    switch (at) {
        case phase::idle:
            // Its next request may have arrived while others were looked at.
            if (sys::bytes_waiting(transport_.fd()) > 0) {
                loop_.move(*this, phase::header);
                read();
            } else {
                begin_linger(phase::parting);
            }
            break;
        case phase::header:
        case phase::body: reject(status::request_timeout, "the request took too long"); break;
        default: close(); break;
    }
}

void connection::cut() { close(); }

void connection::close() {
    if (!is_open()) {
        return;
    }
    loop_.move(*this, phase::closed);
    boost::system::error_code ignored;
    fd_.close(ignored);
    busy_ = false;
    pass_.end();
    if (const auto callback = std::exchange(chunk_written_, {})) {
        callback(false);
    }
    if (const auto session = std::exchange(websocket_, nullptr)) {
        session->transport_closed();
    }
    if (--loop_.shared.open == 0) {
        loop_.shared.all_gone();
    }
}

std::string connection::describe() const {
    if (current_.empty() || !is_open()) {
        return {};
    }
    return current_ + " from " + peer();
}

// ---- WebSocket --------------------------------------------------------------

void connection::upgrade(request&& wish, lastcall::pass inside, websocket_events events) {
    if (!is_open()) {
        return;
    }
    loop_.move(*this, phase::websocket);
    websocket_ = std::make_shared<websocket_session>(shared_from_this(), std::move(inside),
                                                     std::move(events));
    websocket_->start(std::move(wish));
}

void connection::say_going_away() {
    if (websocket_ != nullptr) {
        websocket_->going_away();
    }
}

void connection::websocket_ended() {
    websocket_.reset();
    busy_ = false;
    current_.clear();
    if (is_open()) {
        begin_linger(phase::lingering);
    }
}

}  // namespace lastcall::http
