#include "core/grace.hpp"

#include <lastcall/duration.hpp>

#include <algorithm>
#include <stdexcept>

#include "core/read_duration.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

constexpr duration longest = std::chrono::hours(24 * 365);

grace first_source(const grace_sources& from) {
    if (from.code) {
        return {*from.code, "code", {}};
    }
    if (from.environment) {
        return {parse_duration(*from.environment, "LASTCALL_GRACE"), "LASTCALL_GRACE", {}};
    }
    if (from.keeper_deadline) {
        // A moment since boot: on a machine that runs for years it is above a year.
        const duration_read at = read_duration(*from.keeper_deadline, 100 * a_year);
        if (!at.is_good()) {
            throw std::invalid_argument("LASTCALL_DEADLINE: \"" + *from.keeper_deadline + "\" " +
                                        std::string(at.problem) +
                                        "; write the moment on CLOCK_MONOTONIC as 86400000ms");
        }
        return {at.value - from.monotonic_now, "keeper", {}};
    }
    if (from.systemd) {
        return {std::min(*from.systemd, longest), "systemd", {}};
    }
    return {default_grace, "default", {}};
}

}  // namespace

std::string grace::origin() const {
    return to_text(total) + " from " + source + " minus a reserve of " + to_text(reserve);
}

grace in_force(const grace& own, const std::vector<stop_request>& requests) {
    grace shortest = own;
    for (const stop_request& r : requests) {
        if (r.left) {
            const duration left = std::max<duration>(*r.left, least_time);
            grace of_keeper{r.at + left, "keeper", {}};
            of_keeper.reserve = std::min({own.reserve, left / 2, left - least_time});
            if (of_keeper.deadline() < shortest.deadline()) {
                shortest = of_keeper;
            }
        }
    }
    return shortest;
}

grace choose_grace(const grace_sources& sources, std::optional<duration> reserve) {
    grace chosen = first_source(sources);
    if (chosen.total <= duration::zero()) {
        throw std::invalid_argument("the grace period from " + chosen.source + " is " +
                                    to_text(chosen.total) + "; it must be above zero");
    }
    const duration usual = std::max<duration>(500ms, chosen.total / 20);
    chosen.reserve = reserve.value_or(std::min(usual, chosen.total / 2));
    if (chosen.reserve < duration::zero() || chosen.reserve >= chosen.total) {
        throw std::invalid_argument("a reserve of " + to_text(chosen.reserve) +
                                    " leaves nothing of the grace period, " +
                                    to_text(chosen.total) + " from " + chosen.source);
    }
    return chosen;
}

}  // namespace lastcall::core
