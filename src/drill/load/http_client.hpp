// One request at a time over one connection: the client that most lanes are made of. It
// never retries. Before it uses a connection again it looks for a FIN or an RST that is
// already there, as RFC 9112 section 9.3.1 expects of a client that does not want to lose a
// request to the server's idle timeout.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "drill/http/response_parser.hpp"
#include "drill/load/client.hpp"
#include "drill/load/request_text.hpp"

namespace lastcall::drill {

/// How long the end of a connection is waited for that the server has announced.
inline constexpr std::chrono::milliseconds patience_for_end{200};

class http_client : public client {
public:
    [[nodiscard]] bool finished() const noexcept override { return !busy() && client::finished(); }
    [[nodiscard]] cell cell_now() const override;
    void wind_down() override;

    /// A request of its own has no record yet.
    [[nodiscard]] bool busy() const noexcept { return step_ != step::quiet; }

protected:
    http_client(load_context& shared, std::string_view lane);

    // What a kind of client does.

    /// The exchange that ask() began is over. `usable`: the connection can carry another.
    virtual void on_answer(const exchange& one, bool usable) = 0;
    /// connect_quietly() has succeeded.
    virtual void on_connected() {}
    /// The connection ended while nothing was in flight, or was not made. It is closed already.
    virtual void on_lost(quiet_end) {}
    /// The server switched protocols (status 101): nothing is recorded. From now on the
    /// connection belongs to on_bytes() and on_end().
    virtual void on_switched(const exchange&) {}
    /// Keeps what became of a request. Not for a probe, which is no load.
    virtual void record(const exchange& one);
    /// The response's head is here, its body is not.
    virtual void on_head() {}

    // What it can use.

    /// Sends `what`, over a new connection if there is none. Nothing may be in flight.
    /// `due`    when it was to be sent; latency counts from there
    /// `first`  so much of it at once; the rest with release()
    /// One record is made for it, and on_answer() is called, perhaps before this returns.
    void ask(const asked& what, moment due,
             std::size_t first = std::numeric_limits<std::size_t>::max());

    /// Lets the request go up to its byte `up_to`, if it is still being sent.
    void release(std::size_t up_to);
    [[nodiscard]] std::size_t released() const noexcept { return released_; }
    [[nodiscard]] const asked& request() const noexcept { return asked_; }

    /// Makes a connection and sends nothing; on_connected() follows, or on_lost().
    void connect_quietly();

    /// Reads at most `bytes` more of the response, and then leaves the rest in the kernel.
    void read_at_most(std::uint64_t bytes);

    /// Whether the request is sent as far as it was released, and has no answer.
    [[nodiscard]] bool waits_for_answer() const noexcept { return step_ == step::asking; }
    [[nodiscard]] const response_parser& response() const noexcept { return parser_; }
    [[nodiscard]] std::int64_t first_byte_ns() const noexcept { return current_.first_byte_ns; }

    /// Longest wait for one answer; the plan's patience unless set.
    void set_patience(std::chrono::nanoseconds patience) { patience_ = patience; }
    /// SO_RCVBUF of its connections.
    void set_receive_buffer(int bytes) { receive_buffer_ = bytes; }

    void on_open() override;
    void on_no_connection(ending how, int error) override;
    void on_readable() override;
    void on_timeout() override;
    void abandon() override;

private:
    enum class step : std::uint8_t {
        quiet,
        asking,     ///< a request is on its way, or its answer is
        lingering,  ///< answered; the end that was announced is waited for
    };

    void begin_sending();
    void read_response();
    void read_idle();
    void read_lingering();
    void take(std::string_view bytes);
    void answer_complete(std::string_view rest);
    void finish(ending how, int error, bool reusable = true);
    void conclude(bool usable);
    void prove_what_was_taken(ending how);

    std::chrono::nanoseconds patience_;
    int receive_buffer_ = 0;
    step step_ = step::quiet;
    bool has_connection_ = false;  // the request has one, or had
    bool switched_ = false;        // the connection speaks another protocol
    asked asked_;
    std::size_t released_ = 0;
    std::uint64_t sent_before_ = 0;  // bytes on the connection before this request
    std::uint64_t read_budget_ = std::numeric_limits<std::uint64_t>::max();
    exchange current_;
    evidence seen_;
    response_parser parser_;
};

}  // namespace lastcall::drill
