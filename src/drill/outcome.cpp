#include "drill/outcome.hpp"

namespace lastcall::drill {
namespace {

struct entry {
    outcome value;
    std::string_view name;
    std::string_view words;
    verdict_on verdict;
};

using enum verdict_on;

constexpr std::array<entry, outcome_count> entries{{
    {outcome::ok, "ok", "answered", fine},
    {outcome::served_close, "served_close", "answered, end of connection announced", fine},
    {outcome::ws_closed_1001, "ws_closed_1001", "WebSocket told 1001, going away", fine},
    {outcome::not_sent_closed, "not_sent_closed", "not sent: connection was seen closed", fine},
    {outcome::refused, "refused", "connection refused", depends},
    {outcome::refused_503, "refused_503", "answered 503", lost},
    {outcome::failed_status, "failed_status", "answered with an error", lost},
    {outcome::reset_before_response, "reset_before_response", "reset before the response", lost},
    {outcome::closed_before_response, "closed_before_response", "closed before the response", lost},
    {outcome::cut_in_head, "cut_in_head", "cut inside the head", lost},
    {outcome::cut_in_body, "cut_in_body", "cut inside the body", lost},
    {outcome::timeout, "timeout", "no answer in time", lost},
    {outcome::malformed, "malformed", "not a valid response", lost},
    {outcome::ws_closed_other, "ws_closed_other", "WebSocket closed, not with 1001", lost},
    {outcome::ws_gone, "ws_gone", "WebSocket gone without a close frame", lost},
    {outcome::ended_by_us, "ended_by_us", "the load ended first", unknown},
    {outcome::generator_fault, "generator_fault", "the load generator's own fault", unknown},
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
verdict_on judge(outcome value) noexcept { return of(value).verdict; }

}  // namespace lastcall::drill
