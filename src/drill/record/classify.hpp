// From what was seen to the outcome: a pure function, so that the rule can be read, tested
// by a table, and applied again to a recorded run.
#pragma once

#include <cstdint>

#include "drill/record/exchange.hpp"

namespace lastcall::drill {

/// The event that ended an exchange.
enum class ending : std::uint8_t {
    complete,            ///< the response's framing says that all of it is here
    fin,                 ///< the server's FIN
    fin_without_notify,  ///< the same over TLS, without a close_notify before it
    reset,               ///< the server's RST
    timeout,             ///< the client's patience
    malformed,           ///< bytes that are no response, or a TLS alert
    connect_refused,     ///< ECONNREFUSED
    connect_timeout,     ///< the handshake had no answer
    connect_failed,      ///< our own kernel, or no route
    seen_closed,         ///< FIN or RST was there before a byte was sent
    client_ended,        ///< the load was stopped
};

/// How far the response had come.
enum class progress : std::uint8_t { nothing, head, body, complete };

/// Whether the server had accepted the connection, as the socket tables showed it.
enum class acceptance : std::uint8_t { unknown, queued, accepted };

struct evidence {
    ending how = ending::complete;
    progress got = progress::nothing;
    int status = 0;
    bool close_announced = false;
    bool retry_after = false;     ///< the response has this field
    bool reset_followed = false;  ///< complete, and the connection was reset right after
    bool is_first = true;         ///< of its connection
    bool ends_with_fin = false;   ///< the body is delimited by the connection's end
    taken request_taken = taken::unknown;
    acceptance accepted = acceptance::unknown;
};

/// The class of an HTTP/1 exchange.
///
/// A reset or FIN without one byte is told apart by what the server's kernel had taken
/// (RFC 9112, 9.3.1: a close that crosses a request on a connection in reuse is allowed):
///   taken                -> the server's: `reset_`, `closed_before_response`
///   not taken, reused    -> `idle_race`
///   not taken, first     -> `accept_dropped`: there was no idle time to end
///   not known, reset     -> `reset_ambiguous` on a reused connection
/// A first request whose connection was still in the accept queue is `accept_dropped`.
[[nodiscard]] outcome classify(const evidence& seen) noexcept;

/// What a WebSocket session had received when it ended.
struct session_evidence {
    ending how = ending::fin;
    bool close_frame = false;
    int close_code = 0;  ///< 1005 for a close frame without one (RFC 6455, 7.1.5)
};

/// The class of a WebSocket session that was established.
[[nodiscard]] outcome classify(const session_evidence& seen) noexcept;

/// What an HTTP/2 stream had when it ended (RFC 9113, 6.8 and 8.1).
struct stream_evidence {
    ending how = ending::complete;  ///< of the stream, or of the connection under it
    bool was_reset = false;         ///< RST_STREAM came
    std::uint32_t reset_code = 0;
    bool has_goaway = false;
    std::uint32_t goaway_code = 0;
    std::uint32_t goaway_last_stream = 0;
    std::uint32_t stream = 0;
    progress got = progress::nothing;
    int status = 0;
    bool retry_after = false;
    taken request_taken = taken::unknown;  ///< of the bytes of its HEADERS, when no GOAWAY came
};

/// The class of a stream.
///   above GOAWAY's last stream, or REFUSED_STREAM -> `h2_unprocessed`
///   GOAWAY with an error, and not answered        -> `h2_goaway_error`
///   GOAWAY without, at or below the last stream   -> `h2_lost`
///   the connection ended without GOAWAY           -> `h2_no_goaway`
[[nodiscard]] outcome classify(const stream_evidence& seen) noexcept;

}  // namespace lastcall::drill
