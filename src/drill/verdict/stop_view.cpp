#include "drill/verdict/stop_view.hpp"

namespace lastcall::drill {
namespace {

risk risk_of(const exchange& one, std::int64_t begun_ns, std::int64_t told_ns) noexcept {
    const bool is_first = one.nth == 0;
    if (is_first && (one.sent_ns == 0 || one.opened_ns > begun_ns)) {
        return risk::new_connection;
    }
    return one.sent_ns != 0 && one.sent_ns <= told_ns ? risk::in_flight : risk::on_open;
}

/// The kernel closes the connections of a dying process before its end is seen.
constexpr std::int64_t takes_to_die_ns = 20'000'000;

fate fate_at(const trial_record& trial, std::int64_t end_ns) noexcept {
    const auto killed = trial.marks[mark::killed];
    if (killed != 0 && end_ns >= killed) {
        return fate::killed;
    }
    const auto exited = trial.marks[mark::exited];
    const bool has_died = killed == 0 && exited != 0 && trial.exit.signal != 0;
    return has_died && end_ns >= exited - takes_to_die_ns ? fate::died : fate::lived;
}

}  // namespace

stop_view::stop_view(const trial_record& of, const expectations& expected)
    : trial(&of),
      counted(count(of, expected)),
      begun_ns(at(mark::deleted) != 0 ? at(mark::deleted) : at(mark::signal_sent)),
      told_ns(at(mark::signal_sent) != 0 ? at(mark::signal_sent) : begun_ns) {
    const judge_of_exchanges judge(of, expected);
    stalled = {judge.stalled().begin(), judge.stalled().end()};
    for (const auto& one : of.exchanges) {
        const auto ruled = judge.of(one);
        if (judge.was_over(one)) {
            lost_before += ruled == ruling::lost ? 1U : 0U;
            continue;
        }
        at_risk.push_back({&one, ruled, risk_of(one, begun_ns, told_ns), fate_at(of, one.end_ns)});
        idle_races += one.result == outcome::idle_race ? 1U : 0U;
        ambiguous += ruled == ruling::ambiguous ? 1U : 0U;
        if (ruled == ruling::lost) {
            ++lost;
            ++lost_by[static_cast<std::size_t>(one.result)];
        }
    }
}

bool stop_view::closed_its_listener() const noexcept {
    const auto closed = at(mark::listener_closed);
    const auto exited = at(mark::exited);
    if (closed == 0 || exited == 0) {
        return closed != 0;
    }
    return closed < exited - (trial->exit.signal != 0 ? takes_to_die_ns : 0);
}

}  // namespace lastcall::drill
