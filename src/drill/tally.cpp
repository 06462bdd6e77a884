#include "drill/tally.hpp"

#include <algorithm>
#include <cmath>

namespace lastcall::drill {
namespace {

bool is_websocket(const exchange& one) noexcept {
    return one.method == "ECHO" || one.status == 101;
}

counts& lane_of(tally& into, std::string_view lane, std::uint64_t lost) {
    auto found = std::ranges::find(into.lanes, lane, &lane_counts::lane);
    if (found == into.lanes.end()) {
        found = into.lanes.insert(found, lane_counts{lane, {}, 0});
    }
    found->lost += lost;
    return found->by_outcome;
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

tally count(const exchange_log& log) {
    tally made;
    for (const auto& one : log.exchanges) {
        const auto when = timing_of(one, log.signal_ns);
        const bool lost = is_lost(one, log.signal_ns);
        const bool risky = when != timing::before && one.sent_ns != 0;
        made.all.add(one.result, when);
        lane_of(made, one.lane, lost ? 1U : 0U).add(one.result, when);
        made.lost += lost ? 1U : 0U;
        made.lost_at_risk += lost && when != timing::before ? 1U : 0U;
        made.unknown += judge(one.result) == verdict_on::unknown ? 1U : 0U;
        made.at_risk += risky ? 1U : 0U;
        if (judge(one.result) == verdict_on::fine && one.sent_ns != 0) {
            made.last_any_ns = std::max(made.last_any_ns, one.end_ns);
            if (!is_websocket(one)) {
                made.last_response_ns = std::max(made.last_response_ns, one.end_ns);
            }
        }
    }
    for (const auto& one : log.connections) {
        if (one.end_ns >= log.signal_ns) {
            made.quiet_fin += one.how == quiet_end::fin ? 1U : 0U;
            made.quiet_reset += one.how == quiet_end::reset ? 1U : 0U;
        }
    }
    return made;
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
