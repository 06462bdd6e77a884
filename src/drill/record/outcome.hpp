// What became of one request, as its client and the client's kernel saw it. The classes are
// exhaustive and exclusive: every request gets exactly one. Nothing is ever retried, so
// nothing is hidden.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lastcall::drill {

enum class outcome : std::uint8_t {
    ok,                      ///< complete: the framing proves that nothing is missing
    served_close,            ///< complete, and the server announced the end of the connection
    ok_then_reset,           ///< complete, then a reset: no lingering close (RFC 9112, 9.6)
    ws_going_away,           ///< the WebSocket got a close frame 1001, or 1012
    not_sent_closed,         ///< the end was seen before anything was sent: no loss
    idle_race,               ///< the server's close crossed the request, which it never took
    behind_close,            ///< pipelined behind an answer that announced the end (RFC 9112, 9.6)
    h2_unprocessed,          ///< above GOAWAY's last stream, or REFUSED_STREAM: not begun
    refused,                 ///< nobody listened (ECONNREFUSED)
    shed_503,                ///< 503 with Retry-After or `Connection: close`: known to be not done
    error_4xx,               ///< answered with 400 to 499
    error_5xx,               ///< answered with 500 to 599, but for shed_503
    connect_hung,            ///< the handshake had no answer in time
    accept_dropped,          ///< a new connection, ended by the server without one byte
    reset_before_response,   ///< the request was taken; RST, and not one byte of a response
    closed_before_response,  ///< the request was taken; FIN, and not one byte of a response
    reset_ambiguous,         ///< RST without a byte, and no proof of whether it was taken
    cut_in_head,             ///< ended inside the response's head
    cut_in_body,             ///< ended inside the response's body
    cut_tls,                 ///< TCP ended without close_notify where only the end delimits
    hung_first,              ///< not one byte of a response in the time allowed
    hung_body,               ///< begun, and not completed in the time allowed
    malformed,               ///< not a response in the sense of RFC 9112, 9113 or 6455
    h2_lost,                 ///< a stream that GOAWAY had promised was reset or never answered
    h2_no_goaway,            ///< the HTTP/2 connection ended without GOAWAY
    h2_goaway_error,         ///< GOAWAY with an error code
    ws_error,                ///< a close frame 1011, internal error
    ws_closed_other,         ///< a close frame with another code
    ws_gone,                 ///< the WebSocket ended without a close frame (1006)
    ended_by_us,             ///< the drill ended it: says nothing about the server
    generator_fault,         ///< our own kernel refused (EMFILE, EADDRNOTAVAIL): says nothing
};

inline constexpr std::size_t outcome_count = 31;

/// Every class, in the order of the enumeration.
[[nodiscard]] const std::array<outcome, outcome_count>& all_outcomes() noexcept;

/// The name in tables and JSON: "ok", "reset_before_response".
[[nodiscard]] std::string_view to_string(outcome value) noexcept;

/// The reverse of to_string(); unset for any other text.
[[nodiscard]] std::optional<outcome> outcome_from(std::string_view name) noexcept;

/// The same for people: "reset before the response".
[[nodiscard]] std::string_view describe(outcome value) noexcept;

/// Whose doing a class is, before policy and time are looked at.
enum class blame : std::uint8_t {
    none,       ///< served, or told in time
    legal,      ///< not served, and HTTP allows it: the client may send it again
    depends,    ///< on when it happened, or on the policy
    server,     ///< a request that was sent, and has no answer of use
    ambiguous,  ///< the server's fault or a race: the evidence does not tell
    ours,       ///< the drill's own doing: makes a run inconclusive
};

[[nodiscard]] blame blame_of(outcome value) noexcept;
[[nodiscard]] std::string_view to_string(blame value) noexcept;

}  // namespace lastcall::drill
