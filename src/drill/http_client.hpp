// One connection at a time, one request at a time, over a bare socket: the client that
// every lane is made of. It never retries. Before it uses a connection again it looks for
// a FIN or an RST that is already there, as RFC 9112 section 9.3.1 expects of a client
// that does not want to lose a request to the server's idle timeout.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "drill/load_context.hpp"
#include "drill/response_parser.hpp"

namespace lastcall::drill {

struct request {
    std::string_view method;  ///< a literal
    std::string target;
    std::string fields;  ///< whole lines, each ended by CR LF
    std::string body;    ///< with a Content-Length when not empty, or for a POST
};

/// The bytes of a request.
[[nodiscard]] std::string encode(const request& what, std::string_view host);

class http_client : private io_handler {
public:
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;
    ~http_client() override;

    /// Ends what is in flight as `ended_by_us`, and closes.
    void end();

protected:
    http_client(load_context& context, std::string_view lane);

    /// Sends `what`, over a new connection if there is none. Nothing may be in flight.
    /// `due`  when it was to be sent; latency counts from there.
    /// One record is made for it, and on_answer() is called, perhaps before this returns.
    void start(request what, moment due);

    /// Makes a connection and sends nothing; on_open() follows, or on_lost().
    void connect_only();

    void close(quiet_end how = quiet_end::by_us);

    /// What waits on the connection; start() asks the same before it sends.
    [[nodiscard]] sys::io_result look() const noexcept { return sys::peek(fd_.get()); }

    /// For a protocol that took the connection over after status 101.
    void send_raw(std::string_view bytes);
    void record(exchange one);

    /// The exchange that start() began is over. `usable`: the connection can carry another.
    virtual void on_answer(const exchange& one, bool usable) = 0;

    /// connect_only() has succeeded.
    virtual void on_open() {}

    /// The connection ended while nothing was in flight. It is closed already.
    virtual void on_lost(quiet_end) {}

    /// Bytes after status 101, and the end of that connection.
    virtual void on_raw(std::string_view) {}
    virtual void on_raw_end(ending) {}

    [[nodiscard]] load_context& context() noexcept { return context_; }
    [[nodiscard]] bool connected() const noexcept {
        return phase_ == phase::idle || phase_ == phase::busy || phase_ == phase::raw;
    }
    [[nodiscard]] bool open() const noexcept { return phase_ != phase::closed; }
    [[nodiscard]] bool busy() const noexcept { return in_flight_; }
    [[nodiscard]] const response_parser& response() const noexcept { return *parser_; }
    [[nodiscard]] std::string_view lane() const noexcept { return lane_; }
    [[nodiscard]] std::uint32_t connection() const noexcept { return connection_; }
    [[nodiscard]] std::int64_t opened_ns() const noexcept { return opened_ns_; }

    /// Longest wait for one answer; the plan's patience unless set.
    void set_patience(std::chrono::nanoseconds patience) { patience_ = patience; }

private:
    enum class phase : std::uint8_t {
        closed,
        connecting,
        idle,  ///< established, nothing in flight
        busy,  ///< a request is on its way or its answer is
        raw,   ///< taken over after 101
    };

    void on_io(bool readable, bool writable) override;
    void begin_connection();
    void connection_made();
    void begin_sending();
    void flush();
    void read_response();
    void read_idle();
    void read_raw();
    void finish(ending how, int error, bool reusable = true);
    void want_writable(bool want);
    void set_phase(phase next);

    load_context& context_;
    std::string_view lane_;
    std::chrono::nanoseconds patience_;
    timer patience_timer_;
    sys::unique_fd fd_;
    phase phase_ = phase::closed;
    bool in_flight_ = false;  // start() was called and its record is not made
    bool polled_writable_ = false;
    std::uint32_t connection_ = 0;
    std::uint32_t answered_ = 0;  // on this connection
    std::int64_t opened_ns_ = 0;
    std::string outbox_;
    std::size_t outbox_sent_ = 0;
    exchange current_;
    std::optional<response_parser> parser_;  // only while busy: an idle client holds no buffer
};

}  // namespace lastcall::drill
