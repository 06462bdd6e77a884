// One request and what became of it: the record that every verdict is computed from.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "drill/record/cell.hpp"
#include "drill/record/outcome.hpp"

namespace lastcall::drill {

using clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC
using moment = clock::time_point;

/// Nanoseconds on CLOCK_MONOTONIC; 0 for a moment that never came.
[[nodiscard]] inline std::int64_t nanoseconds(moment when) noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

/// Whether the server's kernel took the whole request from us.
enum class taken : std::uint8_t { unknown, no, yes };

/// Plain data: hundreds of thousands of them are kept. The texts belong to the run's
/// name_pool, or are literals.
struct exchange {
    std::string_view lane;           ///< "pool", "fresh", ...
    std::string_view method;         ///< "GET", "POST", "ECHO" (a WebSocket message)
    std::string_view target;         ///< as in the request line
    std::uint32_t connection = 0;    ///< from 1, in the order of making
    std::uint32_t nth = 0;           ///< how many requests this connection carried before
    std::int64_t opened_ns = 0;      ///< when its connection was begun
    std::int64_t intended_ns = 0;    ///< when it was due; latency counts from here
    std::int64_t sent_ns = 0;        ///< first byte given to the kernel; 0 when none was
    std::int64_t first_byte_ns = 0;  ///< first byte of the response; 0 when none came
    std::int64_t end_ns = 0;         ///< last byte, or the event that ended it
    std::uint64_t bytes = 0;         ///< of the response, head included
    std::uint64_t body = 0;          ///< of these: its body, without transfer coding
    std::uint64_t missing = 0;       ///< of a body with a length: bytes that never came
    std::uint64_t effect = 0;        ///< the number of the effect it asks for; 0: none
    std::uint32_t instance = 0;  ///< who answered, from 1 in the order of appearance; 0: unknown
    std::int32_t error = 0;      ///< errno of the end; 0 when none
    std::int16_t status = 0;     ///< HTTP status; 0 when none was read
    outcome result = outcome::ok;
    cell at_signal = cell::none;  ///< where it was when the signal was sent
    taken request_taken = taken::unknown;
    bool close_announced = false;
};
static_assert(std::is_trivially_copyable_v<exchange>);

/// Where an exchange lies with respect to the signal.
enum class timing : std::uint8_t {
    before,     ///< over when the signal was sent
    in_flight,  ///< sent, and not yet answered
    after,      ///< not yet sent
};

[[nodiscard]] std::string_view to_string(timing value) noexcept;

/// `signal_ns` 0: there was no signal, everything is `before`.
[[nodiscard]] inline timing timing_of(const exchange& one, std::int64_t signal_ns) noexcept {
    if (signal_ns == 0 || one.end_ns <= signal_ns) {
        return timing::before;
    }
    return one.sent_ns != 0 && one.sent_ns <= signal_ns ? timing::in_flight : timing::after;
}

/// How a connection ended on which nothing was in flight.
enum class quiet_end : std::uint8_t {
    fin,          ///< the server closed it
    reset,        ///< the server's kernel reset it
    unsolicited,  ///< bytes that nobody had asked for; the client closed
    by_us,        ///< the client closed it
};

[[nodiscard]] std::string_view to_string(quiet_end value) noexcept;

struct connection_end {
    std::string_view lane;
    std::uint32_t connection = 0;
    std::uint32_t requests = 0;  ///< answered on it
    std::int64_t opened_ns = 0;
    std::int64_t end_ns = 0;
    quiet_end how = quiet_end::fin;
    cell at_signal = cell::none;
};

}  // namespace lastcall::drill
