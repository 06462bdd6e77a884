#include "drill/record/tally.hpp"

#include <algorithm>
#include <cmath>

namespace lastcall::drill {
namespace {

bool is_websocket(const exchange& one) noexcept {
    return one.method == "ECHO" || one.status == 101;
}

lane_counts& lane_of(tally& into, std::string_view lane) {
    auto found = std::ranges::find(into.lanes, lane, &lane_counts::lane);
    if (found == into.lanes.end()) {
        found = into.lanes.insert(found, lane_counts{});
        found->lane = lane;
    }
    return *found;
}

}  // namespace

std::uint64_t counts::of(outcome result) const noexcept {
    const auto& row = table_[static_cast<std::size_t>(result)];
    return row[0] + row[1] + row[2];
}

std::uint64_t counts::of(timing when) const noexcept {
    std::uint64_t sum = 0;
    for (const auto& row : table_) {
        sum += row[static_cast<std::size_t>(when)];
    }
    return sum;
}

std::uint64_t counts::total() const noexcept {
    return of(timing::before) + of(timing::in_flight) + of(timing::after);
}

void counts::add(const counts& other) noexcept {
    for (std::size_t row = 0; row < outcome_count; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            table_[row][column] += other.table_[row][column];
        }
    }
}

tally count(const trial_record& trial, const expectations& expected) {
    tally made;
    const judge_of_exchanges judge(trial, expected);
    const auto signal_ns = trial.marks[mark::signal_sent];
    for (const auto& one : trial.exchanges) {
        const auto when = timing_of(one, signal_ns);
        const auto ruled = judge.of(one);
        const bool lost = ruled == ruling::lost;
        // Who was refused had nothing to send, and is lost all the same.
        const bool was_over = judge.was_over(one);
        const bool risky = !was_over && (lost || (ruled != ruling::ours && one.sent_ns != 0));
        made.all.add(one.result, when);
        ++made.rulings[static_cast<std::size_t>(ruled)];
        auto& lane = lane_of(made, one.lane);
        lane.by_outcome.add(one.result, when);
        lane.lost += lost ? 1U : 0U;
        lane.at_risk += risky ? 1U : 0U;
        made.lost += lost ? 1U : 0U;
        made.lost_before += lost && was_over ? 1U : 0U;
        made.lost_at_risk += lost && !was_over ? 1U : 0U;
        made.unknown += ruled == ruling::ours ? 1U : 0U;
        made.at_risk += risky ? 1U : 0U;
        if (ruled == ruling::fine && one.sent_ns != 0) {
            made.last_any_ns = std::max(made.last_any_ns, one.end_ns);
            if (!is_websocket(one)) {
                made.last_response_ns = std::max(made.last_response_ns, one.end_ns);
            }
        }
    }
    for (const auto& one : trial.connections) {
        if (one.end_ns >= signal_ns) {
            made.quiet_fin += one.how == quiet_end::fin ? 1U : 0U;
            made.quiet_reset += one.how == quiet_end::reset ? 1U : 0U;
        }
    }
    return made;
}

void tally::add(const tally& other) {
    all.add(other.all);
    for (const auto& one : other.lanes) {
        auto& lane = lane_of(*this, one.lane);
        lane.by_outcome.add(one.by_outcome);
        lane.lost += one.lost;
        lane.at_risk += one.at_risk;
    }
    for (std::size_t i = 0; i < ruling_count; ++i) {
        rulings[i] += other.rulings[i];
    }
    lost += other.lost;
    lost_before += other.lost_before;
    lost_at_risk += other.lost_at_risk;
    unknown += other.unknown;
    at_risk += other.at_risk;
    last_response_ns = std::max(last_response_ns, other.last_response_ns);
    last_any_ns = std::max(last_any_ns, other.last_any_ns);
    quiet_fin += other.quiet_fin;
    quiet_reset += other.quiet_reset;
}

double upper_bound_95(std::uint64_t n) noexcept {
    return n == 0 ? 1.0 : 1.0 - std::pow(0.05, 1.0 / static_cast<double>(n));
}

double quantile(const std::vector<double>& sorted, double share) noexcept {
    if (sorted.empty()) {
        return 0;
    }
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return sorted[below] * (1 - part) + sorted[above] * part;
}

}  // namespace lastcall::drill
