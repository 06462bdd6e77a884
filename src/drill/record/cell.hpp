// The states that a connection can be in when the signal comes. A stop was only tried where
// enough connections were in every state that the server supports.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lastcall::drill {

enum class cell : std::uint8_t {
    none,             ///< there was no connection, or no signal
    connecting,       ///< SYN sent, no answer
    queued,           ///< connected just before the signal, request sent: in the accept queue
    silent,           ///< connected, nothing sent
    handshake,        ///< TLS begun, not finished
    half_head,        ///< part of a request's head is sent
    half_body,        ///< the head and part of the body are sent
    waiting,          ///< the request is sent, no byte of the response is here
    head_received,    ///< the response's head is here, no byte of its body
    body_half,        ///< part of the response's body is here
    body_unread,      ///< the response waits in our kernel: the client does not read
    just_idle,        ///< answered less than 5 ms ago
    idle,             ///< answered longer ago
    pipelined,        ///< a second request was sent behind the first
    streaming,        ///< an event stream, or a response that lasts
    websocket,        ///< an open WebSocket
    h2_idle,          ///< HTTP/2 without a stream
    h2_active,        ///< HTTP/2 with open streams
    h2_after_goaway,  ///< a stream that was opened while GOAWAY was on its way
};

inline constexpr std::size_t cell_count = 19;

[[nodiscard]] const std::array<cell, cell_count>& all_cells() noexcept;

/// The name in tables and JSON: "half_head".
[[nodiscard]] std::string_view to_string(cell value) noexcept;
[[nodiscard]] std::optional<cell> cell_from(std::string_view name) noexcept;

/// For people: "half a request head".
[[nodiscard]] std::string_view describe(cell value) noexcept;

/// How long after an answer a connection counts as `just_idle`.
inline constexpr std::int64_t just_idle_ns = 5'000'000;

}  // namespace lastcall::drill
