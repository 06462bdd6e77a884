#include "drill/record/outcome.hpp"

namespace lastcall::drill {
namespace {

struct entry {
    outcome value;
    std::string_view name;
    std::string_view words;
    blame whose;
};

using enum blame;

constexpr std::array<entry, outcome_count> entries{{
    {outcome::ok, "ok", "answered", none},
    {outcome::served_close, "served_close", "answered, end of connection announced", none},
    {outcome::ok_then_reset, "ok_then_reset", "answered, then reset", none},
    {outcome::ws_going_away, "ws_going_away", "WebSocket told that the server goes away", none},
    {outcome::not_sent_closed, "not_sent_closed", "not sent: the connection was seen closed",
     legal},
    {outcome::idle_race, "idle_race", "the close crossed the request, which was not taken", legal},
    {outcome::behind_close, "behind_close", "behind an announced close: not done, and known",
     legal},
    {outcome::h2_unprocessed, "h2_unprocessed", "HTTP/2 stream not begun, and said so", legal},
    {outcome::refused, "refused", "connection refused", depends},
    {outcome::shed_503, "shed_503", "answered 503, not done", depends},
    {outcome::error_4xx, "error_4xx", "answered with a client error", depends},
    {outcome::error_5xx, "error_5xx", "answered with a server error", server},
    {outcome::connect_hung, "connect_hung", "the handshake was never answered", server},
    {outcome::accept_dropped, "accept_dropped",
     "a new connection was dropped before the first byte", server},
    {outcome::reset_before_response, "reset_before_response", "reset before the response", server},
    {outcome::closed_before_response, "closed_before_response", "closed before the response",
     server},
    {outcome::reset_ambiguous, "reset_ambiguous", "reset, taken or not is not known", ambiguous},
    {outcome::cut_in_head, "cut_in_head", "cut inside the head", server},
    {outcome::cut_in_body, "cut_in_body", "cut inside the body", server},
    {outcome::cut_tls, "cut_tls", "TLS ended without close_notify", server},
    {outcome::hung_first, "hung_first", "no answer in time", server},
    {outcome::hung_body, "hung_body", "answer not completed in time", server},
    {outcome::malformed, "malformed", "not a valid response", server},
    {outcome::h2_lost, "h2_lost", "HTTP/2 stream lost", server},
    {outcome::h2_no_goaway, "h2_no_goaway", "HTTP/2 connection ended without GOAWAY", server},
    {outcome::h2_goaway_error, "h2_goaway_error", "GOAWAY with an error", server},
    {outcome::ws_error, "ws_error", "WebSocket closed with 1011, internal error", server},
    {outcome::ws_closed_other, "ws_closed_other", "WebSocket closed with another code", server},
    {outcome::ws_gone, "ws_gone", "WebSocket gone without a close frame", server},
    {outcome::ended_by_us, "ended_by_us", "the drill ended first", ours},
    {outcome::generator_fault, "generator_fault", "the drill's own fault", ours},
}};

constexpr std::array<outcome, outcome_count> in_order() {
    std::array<outcome, outcome_count> values{};
    for (std::size_t i = 0; i < outcome_count; ++i) {
        values[i] = entries[i].value;
    }
    return values;
}

constexpr bool entries_are_in_order() {
    for (std::size_t i = 0; i < outcome_count; ++i) {
        if (static_cast<std::size_t>(entries[i].value) != i) {
            return false;
        }
    }
    return true;
}
static_assert(entries_are_in_order());

const entry& of(outcome value) noexcept { return entries[static_cast<std::size_t>(value)]; }

}  // namespace

const std::array<outcome, outcome_count>& all_outcomes() noexcept {
    static constexpr auto values = in_order();
    return values;
}

std::string_view to_string(outcome value) noexcept { return of(value).name; }
std::string_view describe(outcome value) noexcept { return of(value).words; }
blame blame_of(outcome value) noexcept { return of(value).whose; }

std::optional<outcome> outcome_from(std::string_view name) noexcept {
    for (const auto& one : entries) {
        if (one.name == name) {
            return one.value;
        }
    }
    return std::nullopt;
}

std::string_view to_string(blame value) noexcept {
    switch (value) {
        case none:
            return "none";
        case legal:
            return "legal";
        case depends:
            return "depends";
        case server:
            return "server";
        case ambiguous:
            return "ambiguous";
        case ours:
            break;
    }
    return "ours";
}

}  // namespace lastcall::drill
