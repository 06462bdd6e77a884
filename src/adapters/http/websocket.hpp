// A WebSocket on a connection: Beast's protocol over our transport, a queue for what the
// application sends, and a close that waits for that queue.
#pragma once

#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "adapters/http/connection.hpp"

namespace lastcall::http {

/// The connection as an AsyncStream of Asio.
class wire {
public:
    using executor_type = boost::asio::io_context::executor_type;

    explicit wire(std::shared_ptr<connection> c) noexcept : connection_(std::move(c)) {}
    executor_type get_executor() noexcept { return connection_->context().get_executor(); }
    [[nodiscard]] connection& on() noexcept { return *connection_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        const boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(buffers);
        return transfer(
            [first](connection& c) {
                return c.read_into(static_cast<char*>(first.data()), first.size());
            },
            std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        boost::asio::const_buffer chosen;
        for (auto it = boost::asio::buffer_sequence_begin(buffers);
             it != boost::asio::buffer_sequence_end(buffers) && chosen.size() == 0; ++it) {
            chosen = *it;
        }
        return transfer(
            [chosen](connection& c) {
                return c.write_from({static_cast<const char*>(chosen.data()), chosen.size()});
            },
            std::forward<Token>(token));
    }

private:
    // Tries, waits for the readiness that the try asked for, and tries again. The first
    // result is posted: a handler never runs inside the call that began the operation.
    template <class Try, class Token>
    auto transfer(Try attempt, Token&& token) {
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            [attempt, c = connection_, begun = false](
                auto& self, boost::system::error_code error = {}, std::size_t = 0) mutable {
                if (error || !c->is_open()) {
                    self.complete(boost::asio::error::operation_aborted, 0);
                    return;
                }
                if (!begun) {
                    begun = true;
                    boost::asio::post(c->context(), std::move(self));
                    return;
                }
                const io_result r = attempt(*c);
                switch (r.what) {
                    case io_result::kind::done:
                        self.complete({}, r.bytes);
                        return;
                    case io_result::kind::end:
                        self.complete(boost::asio::error::eof, 0);
                        return;
                    case io_result::kind::no_tls:
                    case io_result::kind::error:
                        self.complete(boost::asio::error::connection_reset, 0);
                        return;
                    case io_result::kind::wants_read:
                        c->wait(true, std::move(self));
                        return;
                    case io_result::kind::wants_write:
                        c->wait(false, std::move(self));
                        return;
                }
            },
            token, connection_->context());
    }

    std::shared_ptr<connection> connection_;
};

void teardown(boost::beast::role_type role, wire& w, boost::system::error_code& error);

// Beast calls this when one of its own limits runs out.
inline void beast_close_socket(wire& w) { w.on().cut(); }

template <class Handler>
void async_teardown(boost::beast::role_type, wire& w, Handler&& handler) {
    // FIN goes out; the connection itself lingers afterwards.
    w.on().shutdown_transport();
    boost::asio::post(w.get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                       boost::system::error_code()));
}

class websocket_session : public std::enable_shared_from_this<websocket_session> {
public:
    websocket_session(std::shared_ptr<connection> on, lastcall::pass inside,
                      websocket_events events);

    void start(request&& wish);

    /// Sends what is queued, then close code 1001; cuts the connection if the client does
    /// not answer in time.
    void going_away();

    /// The connection is gone; nothing can be sent any more.
    void transport_closed();

    // For the handle, on the loop's thread.
    void send(std::string text);
    void close_normally();

    [[nodiscard]] io_loop& loop() noexcept { return loop_; }

private:
    template <class Call>
    void guarded(Call&& call);
    void read();
    void write();
    void begin_close(boost::beast::websocket::close_code code, std::string_view why);
    void send_close();
    void end();
    [[nodiscard]] websocket handle();

    io_loop& loop_;
    boost::beast::websocket::stream<wire> stream_;
    boost::beast::flat_buffer buffer_;
    boost::asio::steady_timer close_limit_;
    request wish_;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    lastcall::pass pass_;
    websocket_events events_;
    boost::beast::websocket::close_reason close_reason_;
    std::shared_ptr<websocket::session_ref> handle_;
    bool writing_ = false;
    bool closing_ = false;
    bool close_sent_ = false;
    bool is_open_ = false;
    bool ended_ = false;
};

/// What a handle refers to; the session may be gone.
class websocket::session_ref {
public:
    explicit session_ref(const std::shared_ptr<websocket_session>& s)
        : context_(s->loop().kept), session_(s) {}

    template <class Work>
    void on_loop(Work work) {
        if (context_->stopped()) {
            return;
        }
        boost::asio::post(*context_, [session = session_, work = std::move(work)]() mutable {
            if (const auto alive = session.lock()) {
                work(*alive);
            }
        });
    }

private:
    std::shared_ptr<boost::asio::io_context> context_;  ///< the handle may outlive the server
    std::weak_ptr<websocket_session> session_;
};

}  // namespace lastcall::http
