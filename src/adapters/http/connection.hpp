// One connection: reads requests, hands them to the application one at a time, writes
// the answers, and knows how to end. Lives on one loop's thread.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <vector>

#include "adapters/http/head.hpp"
#include "adapters/http/io_loop.hpp"
#include "adapters/http/transport.hpp"

namespace lastcall::http {

class websocket_session;

class connection : public std::enable_shared_from_this<connection>, public listed {
public:
    static void start(io_loop& loop, sys::unique_fd fd);
    connection(io_loop& loop, sys::unique_fd fd);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // From the exchange, on the loop's thread. `head_only`: a HEAD request.
    void answer(response with, lastcall::pass inside, unsigned version, bool keep_alive,
                bool head_only);
    void begin_stream(const response& with, lastcall::pass inside, unsigned version,
                      bool keep_alive, bool head_only, std::unique_ptr<endless_body> endless);
    void stream_chunk(std::string_view chunk, std::function<void(bool)> written);
    void end_stream(bool properly);
    void upgrade(request&& wish, lastcall::pass inside, websocket_events events);

    // From the loop.
    void timed_out();
    void say_going_away();
    /// Ends a body that has no end of its own; any other one is left alone.
    void end_endless();
    void cut();

    /// "GET /slow from 127.0.0.1:4711"; empty when no request is in progress.
    [[nodiscard]] std::string describe() const;
    /// Known from the first request on, and constant then: may be read by any thread.
    [[nodiscard]] const std::string& peer() const noexcept { return peer_; }
    /// Likewise.
    [[nodiscard]] const std::optional<peer_credentials>& credentials() const noexcept {
        return credentials_;
    }
    [[nodiscard]] io_loop& loop() noexcept { return loop_; }
    [[nodiscard]] boost::asio::io_context& context() noexcept { return *context_; }
    [[nodiscard]] bool is_open() const noexcept { return at != phase::closed; }

    // For the WebSocket session.
    io_result read_into(char* into, std::size_t room) noexcept;
    io_result write_from(std::string_view bytes) noexcept { return transport_.write(bytes, {}); }
    void shutdown_transport() noexcept { transport_.shutdown(); }
    void websocket_ended();
    template <class Handler>
    void wait(bool for_reading, Handler&& handler) {
        fd_.async_wait(for_reading ? boost::asio::posix::descriptor_base::wait_read
                                   : boost::asio::posix::descriptor_base::wait_write,
                       std::forward<Handler>(handler));
    }

private:
    using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void wait_for_input();
    void wait_for_room();
    void wait_until_writable(io_result::kind wants);
    void resume();
    void read();
    void take(std::string_view data);
    bool parse_one();
    bool accept_header();
    void dispatch();
    void note_peer();
    void hand_over(request&& wish);
    void reject(boost::beast::error_code error);
    void reject(status code, std::string_view why);
    [[nodiscard]] std::string_view fault_in(const request& r) const;
    void settle();
    void write(std::string_view head, std::string_view body);
    void flush();
    void written();
    void tell_stream(bool is_alive);
    void watch_for_end();
    void tell_over();
    void finish_exchange();
    void begin_linger(phase how);
    void close();
    [[nodiscard]] bool has_parted() const noexcept;
    [[nodiscard]] bool more_requests_wait() const noexcept;
    [[nodiscard]] bool will_keep_alive(bool wanted) const noexcept;

    io_loop& loop_;  ///< only while open: a handle of the application may outlive the loop
    std::shared_ptr<boost::asio::io_context> context_;  ///< what fd_ needs to its end
    transport transport_;
    boost::asio::posix::stream_descriptor fd_;
    std::string in_;           ///< input that no finished request has used up
    std::string_view unread_;  ///< the part of the input not parsed yet, during `take`
    std::unique_ptr<parser> parser_;
    std::unique_ptr<request::header_type> sender_header_;  ///< without the trailers
    std::string out_;                                      ///< output that the kernel has not taken
    std::size_t out_done_ = 0;
    std::vector<std::function<void(bool)>> chunks_written_;
    std::shared_ptr<websocket_session> websocket_;
    lastcall::pass pass_;  ///< of the answer that is being written
    std::string peer_;
    std::optional<peer_credentials> credentials_;
    std::unique_ptr<endless_body> endless_;  ///< of the body that is being streamed
    std::string current_;                    ///< "GET /path" of the request in progress
    bool busy_ = false;  ///< a request is with the application, or its answer is on its way
    bool taking_ = false;
    bool keep_alive_ = true;
    bool waits_for_input_ = false;
    bool waits_for_room_ = false;
    bool streaming_ = false;
    bool stream_chunked_ = false;
    bool stream_muted_ = false;  ///< HEAD: the body goes nowhere
};

}  // namespace lastcall::http
