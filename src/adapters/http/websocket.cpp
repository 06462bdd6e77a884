#include "adapters/http/websocket.hpp"

namespace lastcall::http {

namespace ws = boost::beast::websocket;

namespace {

// A client that does not read must not make the queue grow without end.
constexpr std::size_t queue_limit = 16 * 1024 * 1024;

}  // namespace

void teardown(boost::beast::role_type, wire& w, boost::system::error_code& error) {
    w.on().shutdown_transport();
    error = {};
}

void websocket::send(std::string text) const {
    session_->on_loop(
        [text = std::move(text)](websocket_session& s) mutable { s.send(std::move(text)); });
}

void websocket::close() const {
    session_->on_loop([](websocket_session& s) { s.close_normally(); });
}

websocket_session::websocket_session(std::shared_ptr<connection> on, lastcall::pass inside,
                                     websocket_events events)
    : loop_(on->loop()),
      stream_(std::move(on)),
      close_limit_(loop_.context),
      pass_(std::move(inside)),
      events_(std::move(events)) {
    loop_.shared.websockets.fetch_add(1, std::memory_order_relaxed);
}

// What the application throws ends its WebSocket, not the process.
template <class Call>
void websocket_session::guarded(Call&& call) {
    try {
        call();
    } catch (...) {
        begin_close(ws::close_code::internal_error, "the service failed");
    }
}

void websocket_session::start(request&& wish) {
    wish_ = std::move(wish);
    const server_options& o = loop_.shared.options;
    stream_.set_option(ws::stream_base::timeout{o.header_timeout, ws::stream_base::none(), false});
    stream_.read_message_max(o.message_limit);
    handle_ = std::make_shared<websocket::session_ref>(shared_from_this());
    stream_.async_accept(wish_, [self = shared_from_this()](boost::system::error_code error) {
        self->wish_ = {};
        if (error) {
            self->end();
            return;
        }
        self->is_open_ = true;
        if (self->events_.opened) {
            self->guarded([&] { self->events_.opened(self->handle()); });
        }
        self->read();
        if (self->loop_.shared.is_ending() && self->loop_.is_draining()) {
            self->going_away();
        }
    });
}

websocket websocket_session::handle() { return websocket(handle_); }

void websocket_session::read() {
    stream_.async_read(
        buffer_, [self = shared_from_this()](boost::system::error_code error, std::size_t) {
            if (error) {
                // The client closed, answered our close, or is gone.
                self->end();
                return;
            }
            std::string text = boost::beast::buffers_to_string(self->buffer_.data());
            self->buffer_.clear();
            self->buffer_.shrink_to_fit();
            if (self->events_.message && !self->closing_) {
                self->guarded([&] { self->events_.message(self->handle(), std::move(text)); });
            }
            self->read();
        });
}

void websocket_session::send(std::string text) {
    if (!is_open_ || closing_ || ended_) {
        return;
    }
    queued_bytes_ += text.size();
    queue_.push_back(std::move(text));
    if (queued_bytes_ > queue_limit) {
        begin_close(ws::close_code::policy_error, "you do not read what is sent");
    } else if (!writing_) {
        write();
    }
}

void websocket_session::write() {
    writing_ = true;
    stream_.text(true);
    stream_.async_write(boost::asio::buffer(queue_.front()),
                        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                            self->writing_ = false;
                            if (error || self->ended_) {
                                return;
                            }
                            self->queued_bytes_ -= self->queue_.front().size();
                            self->queue_.pop_front();
                            if (!self->queue_.empty()) {
                                self->write();
                            } else if (self->closing_) {
                                self->send_close();
                            }
                        });
}

void websocket_session::going_away() {
    if (is_open_) {
        begin_close(ws::close_code::going_away, "the service is stopping");
    }
}

void websocket_session::close_normally() { begin_close(ws::close_code::normal, {}); }

void websocket_session::begin_close(ws::close_code code, std::string_view why) {
    if (closing_ || ended_) {
        return;
    }
    closing_ = true;
    close_reason_ = ws::close_reason(code, boost::beast::string_view(why.data(), why.size()));
    close_limit_.expires_after(loop_.shared.options.websocket_close);
    close_limit_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (!error && self != nullptr && !self->ended_) {
            self->stream_.next_layer().on().cut();
        }
    });
    if (!writing_) {
        send_close();
    }
}

void websocket_session::send_close() {
    if (!close_sent_) {
        close_sent_ = true;
        stream_.async_close(
            close_reason_, [self = shared_from_this()](boost::system::error_code) { self->end(); });
    }
}

void websocket_session::transport_closed() { end(); }

void websocket_session::end() {
    if (std::exchange(ended_, true)) {
        return;
    }
    const auto self = shared_from_this();
    close_limit_.cancel();
    loop_.shared.websockets.fetch_sub(1, std::memory_order_relaxed);
    pass_.end();
    const auto callback = std::exchange(events_, {}).closed;
    if (callback && is_open_) {
        guarded(callback);
    }
    stream_.next_layer().on().websocket_ended();
}

}  // namespace lastcall::http
