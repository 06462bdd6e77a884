#include "drill/classify.hpp"

namespace lastcall::drill {
namespace {

outcome answered(int status, bool close_announced) noexcept {
    if (status == 503) {
        return outcome::refused_503;
    }
    if (status >= 400) {
        return outcome::failed_status;
    }
    return close_announced ? outcome::served_close : outcome::ok;
}

/// The connection ended by itself; `untouched` is the class when no byte had come.
outcome broken_off(progress got, outcome untouched) noexcept {
    switch (got) {
        case progress::nothing:
            return untouched;
        case progress::head:
            return outcome::cut_in_head;
        default:
            return outcome::cut_in_body;
    }
}

}  // namespace

outcome classify(const evidence& seen) noexcept {
    if (seen.got == progress::complete) {
        return answered(seen.status, seen.close_announced);
    }
    switch (seen.how) {
        case ending::fin:
            return broken_off(seen.got, outcome::closed_before_response);
        case ending::reset:
            return broken_off(seen.got, outcome::reset_before_response);
        case ending::timeout:
            return outcome::timeout;
        case ending::connect_refused:
            return outcome::refused;
        case ending::connect_failed:
            return outcome::generator_fault;
        case ending::seen_closed:
            return outcome::not_sent_closed;
        case ending::client_ended:
            return outcome::ended_by_us;
        case ending::complete:  // "complete" without a complete response is no response
        case ending::malformed:
            break;
    }
    return outcome::malformed;
}

outcome classify(const session_evidence& seen) noexcept {
    if (seen.close_frame) {
        return seen.close_code == 1001 ? outcome::ws_closed_1001 : outcome::ws_closed_other;
    }
    switch (seen.how) {
        case ending::malformed:
            return outcome::malformed;
        case ending::client_ended:
            return outcome::ended_by_us;
        case ending::timeout:
            return outcome::timeout;
        default:
            return outcome::ws_gone;
    }
}

}  // namespace lastcall::drill
