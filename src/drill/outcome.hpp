// What became of one request, as its client saw it. The classes are exhaustive and
// exclusive: every request gets exactly one. Nothing is ever retried, so nothing is hidden.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lastcall::drill {

enum class outcome : std::uint8_t {
    ok,                      ///< complete: the framing proves that nothing is missing
    served_close,            ///< complete, and the server announced the end of the connection
    ws_closed_1001,          ///< the WebSocket got a close frame 1001, "going away"
    not_sent_closed,         ///< the client saw the end before it sent: by HTTP no loss
    refused,                 ///< nobody listened (ECONNREFUSED)
    refused_503,             ///< answered, with 503: known to be not done
    failed_status,           ///< answered, with another status from 400 up
    reset_before_response,   ///< RST, and not one byte of a response
    closed_before_response,  ///< FIN, and not one byte of a response
    cut_in_head,             ///< ended inside the response's head
    cut_in_body,             ///< ended inside the response's body
    timeout,                 ///< no complete response in the time allowed
    malformed,               ///< not a response in the sense of RFC 9112 or RFC 6455
    ws_closed_other,         ///< a close frame, with a code other than 1001
    ws_gone,                 ///< the WebSocket ended without a close frame
    ended_by_us,             ///< the load was ended first: says nothing about the server
    generator_fault,         ///< our own kernel refused (EMFILE, EADDRNOTAVAIL): says nothing
};

inline constexpr std::size_t outcome_count = 17;

/// Every class, in the order of the enumeration.
[[nodiscard]] const std::array<outcome, outcome_count>& all_outcomes() noexcept;

/// The name in tables and JSON: "ok", "reset_before_response".
[[nodiscard]] std::string_view to_string(outcome value) noexcept;

/// The same for people: "reset before the response".
[[nodiscard]] std::string_view describe(outcome value) noexcept;

/// Whether an outcome is a loss, may be one, or says nothing.
enum class verdict_on : std::uint8_t {
    fine,     ///< served, or told in time
    lost,     ///< a request that was sent, and has no answer of use
    depends,  ///< `refused`: lost before the routes were withdrawn, expected afterwards
    unknown,  ///< our own doing: makes a run inconclusive
};

[[nodiscard]] verdict_on judge(outcome value) noexcept;

}  // namespace lastcall::drill
