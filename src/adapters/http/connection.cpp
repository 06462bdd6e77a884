#include "adapters/http/connection.hpp"

#include <algorithm>

#include "adapters/http/websocket.hpp"

namespace lastcall::http {

using namespace std::chrono_literals;

namespace {

boost::asio::posix::stream_descriptor adopt(boost::asio::io_context& context, sys::unique_fd& fd) {
    boost::asio::posix::stream_descriptor made(context, fd.get());
    static_cast<void>(fd.release());  // exactly one owner, also if what follows throws
    return made;
}

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
      context_(loop.kept),
      transport_(fd.get(),
                 loop.shared.tls ? make_ssl_session(*loop.shared.tls, fd.get()) : ssl_session()),
      fd_(adopt(loop.context, fd)) {}

connection::~connection() { close(); }

// ---- ends -------------------------------------------------------------------

// RFC 9112, section 9.6: half-close, read on until the client closes, then close.
void connection::begin_linger(phase how) {
    if (!is_open()) {
        return;
    }
    transport_.shutdown();
    parser_.reset();
    sender_header_.reset();
    std::string().swap(in_);
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
                const bool is_near = sys::round_trip_time(transport_.fd()) < 5ms;
                begin_linger(is_near ? phase::parting : phase::parting_far);
            }
            break;
        case phase::parting:
        case phase::parting_far:
            // What has come in the meantime is taken: closing over it would send an RST.
            transport_.read(loop_.scratch.data(), loop_.scratch.size());
            close();
            break;
        case phase::header:
        case phase::body:
            if (transport_.is_established()) {
                reject(status::request_timeout, "the request took too long");
            } else {
                close();  // still in the TLS handshake: there is nothing to answer in
            }
            break;
        default:
            close();
            break;
    }
}

void connection::cut() { close(); }

void connection::close() {
    if (!is_open()) {
        return;
    }
    if (streaming_ && !stream_chunked_ && !transport_.is_tls()) {
        sys::reset_on_close(transport_.fd());
    }
    loop_.move(*this, phase::closed);
    boost::system::error_code ignored;
    fd_.close(ignored);
    busy_ = false;
    pass_.end();
    tell_stream(false);
    tell_over();
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
    return current_ + " from " + peer_;
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

// Frames may have come in one segment with the handshake.
io_result connection::read_into(char* into, std::size_t room) noexcept {
    if (in_.empty()) {
        return transport_.read(into, room);
    }
    const std::size_t n = in_.copy(into, room);
    in_.erase(0, n);
    return {io_result::kind::done, n};
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
