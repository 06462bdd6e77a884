#include "drill/record/ruling.hpp"

namespace lastcall::drill {

std::string_view to_string(ruling value) noexcept {
    switch (value) {
        case ruling::fine:
            return "fine";
        case ruling::legal:
            return "legal";
        case ruling::expected:
            return "expected";
        case ruling::lost:
            return "lost";
        case ruling::ambiguous:
            return "ambiguous";
        case ruling::ours:
            break;
    }
    return "ours";
}

namespace {

std::int64_t begin_of_stop(const trial_record& trial) noexcept {
    const auto deleted = trial.marks[mark::deleted];
    return deleted != 0 ? deleted : trial.marks[mark::signal_sent];
}

/// Its client had not sent all of it.
bool is_held_by_us(cell where) noexcept {
    return where == cell::half_head || where == cell::half_body;
}

}  // namespace

judge_of_exchanges::judge_of_exchanges(const trial_record& trial, const expectations& expected)
    : begun_ns_(begin_of_stop(trial)),
      signal_ns_(trial.marks[mark::signal_sent]),
      withdrawn_ns_(trial.marks[mark::routes_withdrawn]),
      policy_(expected.judge_by),
      shedding_is_fine_(expected.shedding_is_fine),
      forced_ns_(expected.second_signal == "forces" ? trial.marks[mark::second_signal] : 0) {
    for (const auto& one : trial.exchanges) {
        if (one.result == outcome::error_4xx && timing_of(one, signal_ns_) == timing::before) {
            usual_4xx_.emplace(one.lane, one.status);
        }
    }
    find_stalled(trial);
}

/// A request that had waited this long without one byte, in a lane of which nothing was
/// answered meanwhile, was not being served. (Before the load every lane was answered within
/// a second, else it was left out.)
void judge_of_exchanges::find_stalled(const trial_record& trial) {
    constexpr std::int64_t long_ns = 2'000'000'000;
    std::set<std::string_view> alive;
    const auto since = begun_ns_ - long_ns;
    for (const auto& one : trial.exchanges) {
        const bool is_answer = one.first_byte_ns > since && one.first_byte_ns <= begun_ns_;
        if (is_answer) {
            alive.insert(one.lane);
        } else if (begun_ns_ != 0 && one.sent_ns != 0 && one.sent_ns <= since &&
                   (one.first_byte_ns == 0 || one.first_byte_ns > begun_ns_) &&
                   one.end_ns > begun_ns_ && !is_held_by_us(one.at_signal)) {
            stalled_.insert(one.lane);
        }
    }
    std::erase_if(stalled_, [&](std::string_view lane) { return alive.contains(lane); });
    // Who only waits, or sends half a request, is served by the same workers as the others.
    const bool all = !stalled_.empty() && alive.empty();
    for (const auto& one : trial.exchanges) {
        const bool waited = one.sent_ns != 0 && one.sent_ns <= begun_ns_ &&
                            one.end_ns > begun_ns_ &&
                            (one.first_byte_ns == 0 || one.first_byte_ns > begun_ns_);
        if (all && waited) {
            stalled_.insert(one.lane);
        }
    }
}

bool judge_of_exchanges::was_over(const exchange& one) const {
    if (timing_of(one, begun_ns_) == timing::before) {
        return true;
    }
    return stalled_.contains(one.lane) && of(one) == ruling::lost;
}

ruling judge_of_exchanges::of(const exchange& one) const {
    const auto made = by_class(one);
    const bool is_forced = forced_ns_ != 0 && one.end_ns >= forced_ns_;
    return made == ruling::lost && is_forced ? ruling::expected : made;
}

ruling judge_of_exchanges::by_class(const exchange& one) const {
    constexpr int unavailable = 503;
    const bool is_shed = one.result == outcome::shed_503 ||
                         (one.result == outcome::error_5xx && one.status == unavailable);
    if (is_shed && shedding_is_fine_ && timing_of(one, signal_ns_) != timing::before) {
        return ruling::expected;
    }
    switch (blame_of(one.result)) {
        case blame::none:
            return ruling::fine;
        case blame::legal:
            return ruling::legal;
        case blame::server:
            return ruling::lost;
        case blame::ambiguous:
            return ruling::ambiguous;
        case blame::ours:
            return ruling::ours;
        case blame::depends:
            break;
    }
    if (one.result == outcome::refused) {
        const bool late = withdrawn_ns_ != 0 && one.opened_ns > withdrawn_ns_;
        return late && policy_ == policy::lb ? ruling::expected : ruling::lost;
    }
    if (one.result == outcome::shed_503) {
        return ruling::lost;
    }
    return usual_4xx_.contains({one.lane, one.status}) ? ruling::fine : ruling::lost;
}

}  // namespace lastcall::drill
