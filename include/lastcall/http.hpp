// An HTTP/1.1 and WebSocket server on Asio and Beast that ends without losing a request.
//
// It reads and writes with non-blocking calls and holds no buffer for a connection that
// is idle. It owns its threads; each has an event loop that applications may use.
//
// On a stop:
// - In the lame duck it serves on, and every response carries `Connection: close`.
// - When it drains it first accepts what waits in the listen queue, then closes the
//   listener. Every request that arrived is answered. A connection that is idle is given
//   `race_grace`, in which its next request would still be served; then it gets a FIN,
//   and is read on until its client closes too (RFC 9112, section 9.6).
// - A body that has no end of its own (`endless_body`) ends at once.
// - A WebSocket gets close code 1001 and time to answer (RFC 6455, section 7.4.1).
// - When it is forced, what remains is cut, and each one is named in the timeline.
//
// It deliberately has no router, no file serving and no client.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <lastcall/lifecycle.hpp>

namespace lastcall::http {

using request = boost::beast::http::request<boost::beast::http::string_body>;
using response = boost::beast::http::response<boost::beast::http::string_body>;
using boost::beast::http::field;
using boost::beast::http::status;
using boost::beast::http::verb;

struct tls_options {
    std::string certificate_chain_file;  ///< PEM
    std::string private_key_file;        ///< PEM, without a pass phrase
};

struct server_options {
    std::string name = "http";  ///< of the component and of the gate
    /// Numeric host and port; port 0: any free one. "fd:3": a socket that listens already and
    /// was handed in, as LISTEN_FDS does (sd_listen_fds(3)); others may accept from it, too.
    /// "unix:/run/orders.sock": a unix(7) socket with mode 0600. A socket file at which nobody
    /// answers is replaced, and it is removed as the listener closes.
    std::string listen = "127.0.0.1:8080";
    /// Above 0: where it cannot listen it begins without, and tries again so often. 0: an error.
    std::chrono::milliseconds listen_again{0};
    /// Told what becomes of that: why it does not listen, whenever the reason is another one;
    /// empty, once it does. From the constructor, or on the first event loop.
    std::function<void(const std::string& why_not)> listening = {};
    unsigned threads = 0;                  ///< event loops; 0: one for each processor
    int backlog = 4096;                    ///< of the listen queue; net.core.somaxconn caps it
    std::size_t header_limit = 16 * 1024;  ///< bytes; beyond: 431
    std::size_t body_limit = 1024 * 1024;  ///< bytes; beyond: 413

    std::chrono::milliseconds header_timeout{10'000};  ///< first byte to end of the header: 408
    std::chrono::milliseconds body_timeout{30'000};    ///< longest pause inside a body: 408
    std::chrono::milliseconds idle_timeout{60'000};    ///< between requests
    std::chrono::milliseconds write_timeout{30'000};   ///< longest time a client takes nothing

    /// How long an idle connection is kept when draining, for the request that may be on
    /// its way. No connection that sent nothing in this time holds the drain.
    std::chrono::milliseconds race_grace{500};
    /// The longest lingering close: read on after the FIN until the client closes.
    std::chrono::milliseconds linger{1'000};
    /// How long a WebSocket client may take to answer the close frame.
    std::chrono::milliseconds websocket_close{2'000};
    /// Largest WebSocket message, in bytes; beyond: close code 1009.
    std::size_t message_limit = 1024 * 1024;

    /// An event loop that does not answer for so long makes liveness bad. 0: not watched.
    std::chrono::milliseconds loop_limit{10'000};

    std::optional<tls_options> tls = {};
    uses_list uses = {};
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 8.0};
};

class connection;

/// The body of a response, written in chunks (RFC 9112, section 7.1). A handle; the
/// response ends when `end` is called, and is cut off when the last handle goes without.
///
/// Threads: any, one at a time.
class stream {
public:
    /// Sends one chunk. `written(true)` is called on the connection's event loop when the
    /// chunk has been handed to the kernel, `written(false)` when the client is gone.
    void write(std::string chunk, std::function<void(bool is_alive)> written = {});

    /// Ends the body properly.
    void end();

private:
    friend class exchange;
    struct shared;
    explicit stream(std::shared_ptr<shared> state) noexcept : state_(std::move(state)) {}
    std::shared_ptr<shared> state_;
};

/// One side of a WebSocket. A handle; copies are the same connection.
///
/// Threads: any.
class websocket {
public:
    /// Queues a text message. Dropped when the connection is closing or gone.
    void send(std::string text) const;

    /// Closes with 1000.
    void close() const;

private:
    friend class websocket_session;
    class session_ref;
    explicit websocket(std::shared_ptr<session_ref> session) noexcept
        : session_(std::move(session)) {}
    std::shared_ptr<session_ref> session_;
};

/// A body without an end of its own: events, a log that is followed.
struct endless_body {
    /// Sent last when the server begins to drain; the body ends behind it, properly and at
    /// once: such a stream is no work that a stop waits for.
    std::string farewell = {};
    /// Called once, on the connection's event loop, when nothing that is written will be sent
    /// any more: the client has closed its side, the server drains, the connection is gone.
    std::function<void()> over = {};
};

/// Who is at the other end of a unix socket: what the kernel noted at connect(2).
struct peer_credentials {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    int pid = 0;
};

/// What happens on a WebSocket; all are called on its event loop and must not block.
struct websocket_events {
    std::function<void(websocket self)> opened = {};
    std::function<void(websocket self, std::string text)> message = {};
    std::function<void()> closed = {};
};

/// One request and the right to answer it, once. Move-only; counts as in flight in the
/// server's gate. Destroyed without an answer it answers 500.
///
/// Threads: any, one at a time.
class exchange {
public:
    exchange(exchange&&) noexcept;
    exchange& operator=(exchange&&) noexcept;
    ~exchange();

    [[nodiscard]] const http::request& request() const noexcept;

    /// The path and the query of the target, not decoded.
    [[nodiscard]] std::string_view path() const noexcept;
    [[nodiscard]] std::string_view query() const noexcept;

    /// "127.0.0.1:40322"; "pid 4711 of uid 1000" on a unix socket.
    [[nodiscard]] std::string peer() const;

    /// SO_PEERCRED, see socket(7). Returns: nothing over TCP.
    [[nodiscard]] std::optional<http::peer_credentials> peer_credentials() const;

    /// Names the work for whoever asks what is still running.
    void name(lastcall::label what) noexcept;

    /// Answers. Content-Length, Date and Connection are filled in.
    void respond(http::response answer) &&;
    void respond(http::status code, std::string_view content_type, std::string body) &&;

    /// Answers with a body that is sent bit by bit.
    stream begin_stream(http::status code, std::string_view content_type) &&;
    /// The same with more fields; the body of `head` is not sent.
    stream begin_stream(http::response head) &&;
    /// The same for a body that only a side's leaving ends.
    stream begin_stream(http::response head, endless_body how) &&;

    /// Whether the client asked for a WebSocket (RFC 6455, section 4.2.1).
    [[nodiscard]] bool wants_websocket() const noexcept;
    void accept_websocket(websocket_events events) &&;

    /// The event loop of the connection, for timers and other work of this exchange.
    [[nodiscard]] boost::asio::any_io_executor executor() const;

private:
    friend class connection;
    struct shared;
    stream start_stream(http::response head, std::unique_ptr<endless_body> endless) &&;
    explicit exchange(std::unique_ptr<shared> state) noexcept;
    std::unique_ptr<shared> state_;
};

/// Numbers for metrics; read at any time.
struct server_counts {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t requests = 0;
    std::uint64_t refused = 0;  ///< malformed, too large, too slow, or after the drain
    std::uint64_t websockets_open = 0;
};

class server {
public:
    /// Called on the event loop of the connection; must not block. It may keep the
    /// exchange and answer later. What it throws becomes a 500.
    using handler = std::function<void(exchange)>;

    /// Listens, starts the threads, and adds itself to `life` as a component.
    ///
    /// Errors:   std::invalid_argument (address, limits, name); std::system_error (address
    ///           in use, no descriptors, no threads); std::runtime_error (certificate or
    ///           key, with the reason of OpenSSL). Nothing runs then.
    /// Lifetime: must outlive the `run` of its lifecycle.
    server(lifecycle& life, server_options options, handler handle);
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Cuts every connection and ends the threads.
    ~server();

    /// 0 on a unix socket.
    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] server_counts counts() const noexcept;

    class impl;

private:
    std::unique_ptr<impl> impl_;
};

}  // namespace lastcall::http
