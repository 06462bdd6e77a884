// From what was seen to the outcome: a pure function, so that the rule can be read, tested
// by a table, and applied again to a recorded run.
#pragma once

#include <cstdint>

#include "drill/outcome.hpp"

namespace lastcall::drill {

/// The event that ended an exchange.
enum class ending : std::uint8_t {
    complete,         ///< the response's framing says that all of it is here
    fin,              ///< the server's FIN
    reset,            ///< the server's RST
    timeout,          ///< the client's patience
    malformed,        ///< bytes that are no response
    connect_refused,  ///< ECONNREFUSED
    connect_failed,   ///< our own kernel, or no route
    seen_closed,      ///< FIN or RST was there before a byte was sent
    client_ended,     ///< the load was stopped
};

/// How far the response had come.
enum class progress : std::uint8_t { nothing, head, body, complete };

struct evidence {
    ending how = ending::complete;
    progress got = progress::nothing;
    int status = 0;
    bool close_announced = false;
};

/// The class of an HTTP exchange.
[[nodiscard]] outcome classify(const evidence& seen) noexcept;

/// What a WebSocket session had received when it ended.
struct session_evidence {
    ending how = ending::fin;
    bool close_frame = false;
    int close_code = 0;  ///< 1005 for a close frame without one (RFC 6455, 7.1.5)
};

/// The class of a WebSocket session that was established.
[[nodiscard]] outcome classify(const session_evidence& seen) noexcept;

}  // namespace lastcall::drill
