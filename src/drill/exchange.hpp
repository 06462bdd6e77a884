// One request and what became of it: the record that every verdict is computed from.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drill/outcome.hpp"

namespace lastcall::drill {

using clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC
using moment = clock::time_point;

/// Nanoseconds on CLOCK_MONOTONIC; 0 for a moment that never came.
[[nodiscard]] inline std::int64_t nanoseconds(moment when) noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

struct exchange {
    std::string_view lane;         ///< a literal: "keepalive", "fresh", ...
    std::uint32_t connection = 0;  ///< from 1, in the order of making
    std::uint32_t nth = 0;         ///< how many requests this connection carried before
    std::string_view method;       ///< a literal: "GET", "POST", "ECHO" (a WebSocket message)
    std::string target;
    std::int64_t opened_ns = 0;      ///< when its connection was begun
    std::int64_t intended_ns = 0;    ///< when it was due; latency counts from here
    std::int64_t sent_ns = 0;        ///< first byte given to the kernel; 0 when none was
    std::int64_t first_byte_ns = 0;  ///< first byte of the response; 0 when none came
    std::int64_t end_ns = 0;         ///< last byte, or the event that ended it
    int status = 0;                  ///< HTTP status; 0 when none was read
    int error = 0;                   ///< errno of the end; 0 when none
    std::uint64_t bytes = 0;         ///< of the response, head included
    outcome result = outcome::ok;
    std::optional<std::int64_t> order_id;  ///< "id" of a 201 answer
};

/// Where an exchange lies with respect to the signal.
enum class timing : std::uint8_t {
    before,     ///< over when the signal was sent
    in_flight,  ///< sent, and not yet answered
    after,      ///< not yet sent
};

/// `signal_ns` 0: there was no signal, everything is `before`.
[[nodiscard]] inline timing timing_of(const exchange& one, std::int64_t signal_ns) noexcept {
    if (signal_ns == 0 || one.end_ns <= signal_ns) {
        return timing::before;
    }
    return one.sent_ns != 0 && one.sent_ns <= signal_ns ? timing::in_flight : timing::after;
}

/// Whether the exchange is lost, where the routes are withdrawn at the signal: nobody
/// makes a connection afterwards, and whoever has one goes on using it until the server
/// ends it. A connection that was begun before the signal counts as established, also
/// while it waits in the accept queue.
[[nodiscard]] inline bool is_lost(const exchange& one, std::int64_t signal_ns) noexcept {
    switch (judge(one.result)) {
        case verdict_on::lost:
            return true;
        case verdict_on::depends:
            return signal_ns == 0 || one.opened_ns <= signal_ns;
        default:
            return false;
    }
}

}  // namespace lastcall::drill
