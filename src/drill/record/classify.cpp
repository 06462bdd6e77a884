#include "drill/record/classify.hpp"

#include <optional>

namespace lastcall::drill {
namespace {

constexpr std::uint32_t refused_stream = 7;  // RFC 9113, 7

outcome answered(int status, bool known_not_done) noexcept {
    if (status == 503 && known_not_done) {
        return outcome::shed_503;
    }
    if (status >= 500) {
        return outcome::error_5xx;
    }
    return status >= 400 ? outcome::error_4xx : outcome::ok;
}

outcome answered(const evidence& seen) noexcept {
    const auto made = answered(seen.status, seen.close_announced || seen.retry_after);
    if (made != outcome::ok) {
        return made;
    }
    if (seen.reset_followed) {
        return outcome::ok_then_reset;
    }
    return seen.close_announced ? outcome::served_close : outcome::ok;
}

/// Not one byte of a response came.
outcome unanswered(const evidence& seen, outcome when_taken, outcome when_unknown) noexcept {
    if (seen.is_first) {
        const bool dropped = seen.accepted == acceptance::queued || seen.request_taken == taken::no;
        return dropped ? outcome::accept_dropped : when_taken;
    }
    switch (seen.request_taken) {
        case taken::yes:
            return when_taken;
        case taken::no:
            return outcome::idle_race;
        case taken::unknown:
            break;
    }
    return when_unknown;
}

/// The connection ended inside a response.
outcome cut(progress got) noexcept {
    return got == progress::head ? outcome::cut_in_head : outcome::cut_in_body;
}

/// The request never reached a server, or we do not wait any more. Unset: what the server did
/// decides.
std::optional<outcome> decided_by_us(ending how) noexcept {
    switch (how) {
        case ending::connect_refused:
            return outcome::refused;
        case ending::connect_timeout:
            return outcome::connect_hung;
        case ending::connect_failed:
            return outcome::generator_fault;
        case ending::seen_closed:
            return outcome::not_sent_closed;
        case ending::client_ended:
            return outcome::ended_by_us;
        case ending::complete:
        case ending::fin:
        case ending::fin_without_notify:
        case ending::reset:
        case ending::timeout:
        case ending::malformed:
            break;
    }
    return std::nullopt;
}

}  // namespace

outcome classify(const evidence& seen) noexcept {
    const bool nothing = seen.got == progress::nothing;
    if (seen.how == ending::fin_without_notify && seen.ends_with_fin && !nothing) {
        return outcome::cut_tls;
    }
    if (seen.got == progress::complete) {
        return answered(seen);
    }
    switch (seen.how) {
        case ending::fin:
        case ending::fin_without_notify:
            return nothing ? unanswered(seen, outcome::closed_before_response,
                                        outcome::closed_before_response)
                           : cut(seen.got);
        case ending::reset:
            return nothing
                       ? unanswered(seen, outcome::reset_before_response, outcome::reset_ambiguous)
                       : cut(seen.got);
        case ending::timeout:
            return nothing ? outcome::hung_first : outcome::hung_body;
        default:  // "complete" without a complete response is no response
            return decided_by_us(seen.how).value_or(outcome::malformed);
    }
}

outcome classify(const session_evidence& seen) noexcept {
    if (seen.close_frame) {
        switch (seen.close_code) {
            case 1001:
            case 1012:
                return outcome::ws_going_away;
            case 1011:
                return outcome::ws_error;
            default:
                return outcome::ws_closed_other;
        }
    }
    switch (seen.how) {
        case ending::malformed:
            return outcome::malformed;
        case ending::client_ended:
            return outcome::ended_by_us;
        case ending::timeout:
            return outcome::hung_body;
        default:
            return outcome::ws_gone;
    }
}

outcome classify(const stream_evidence& seen) noexcept {
    if (seen.got == progress::complete) {
        const auto made = answered(seen.status, seen.retry_after || seen.has_goaway);
        return made == outcome::ok && seen.has_goaway ? outcome::served_close : made;
    }
    const bool above = seen.has_goaway && seen.stream > seen.goaway_last_stream;
    if (seen.got == progress::nothing &&
        (above || (seen.was_reset && seen.reset_code == refused_stream))) {
        return outcome::h2_unprocessed;
    }
    if (const auto made = decided_by_us(seen.how)) {
        return *made;
    }
    if (seen.how == ending::timeout) {
        return seen.got == progress::nothing ? outcome::hung_first : outcome::hung_body;
    }
    if (seen.how == ending::malformed) {
        return outcome::malformed;
    }
    if (seen.has_goaway) {
        return seen.goaway_code == 0 ? outcome::h2_lost : outcome::h2_goaway_error;
    }
    if (seen.was_reset) {
        return outcome::h2_lost;
    }
    return seen.request_taken == taken::no ? outcome::idle_race : outcome::h2_no_goaway;
}

}  // namespace lastcall::drill
