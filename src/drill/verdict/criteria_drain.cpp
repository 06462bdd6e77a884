// How traffic was led away: readiness, lame duck, listener.
#include <algorithm>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {

finding turns_not_ready(const judged_run& of) {
    const auto within = of.run.expected.not_ready_within;
    if (!of.run.expected.has_probe || within.count() == 0) {
        return not_asked("no readiness probe was asked for");
    }
    std::vector<std::int64_t> took;
    std::uint64_t never = 0;
    std::uint64_t late = 0;
    std::int64_t own_lateness = 0;  // of the drill, where it is as long as what is too long
    for (const auto& stop : of.stops) {
        const auto flipped = stop.at(mark::not_ready);
        if (stop.begun_ns == 0 || (flipped == 0 && stop.trial->is_interrupted)) {
            return {standing::inconclusive, "", "a trial was ended before it was over",
                    "let the drill run to its end"};
        }
        if (flipped == 0) {
            ++never;
            continue;
        }
        if (flipped < stop.begun_ns) {
            return {standing::inconclusive, "", "the probe had failed before the stop began",
                    "let the service become ready first, and look at the probe's target"};
        }
        // The service can know of it only from the signal, or earlier from its preStop.
        took.push_back(std::max<std::int64_t>(0, flipped - stop.told_ns));
        const auto over = took.back() - within.count();
        const auto ours = stop.trial->generator.late_max_ns;
        if (over > 0 && over <= ours) {
            own_lateness = std::max(own_lateness, ours);
        } else {
            late += over > 0 ? 1U : 0U;
        }
    }
    const auto measured =
        (took.empty() ? "never" : range_text(took) + " after the signal") + ", wanted within " +
        duration_text(within) +
        (never != 0 && !took.empty() ? "; never in " + count_text(never, "trial") : "");
    if (late == 0 && never == 0 && own_lateness == 0) {
        return passed(measured);
    }
    if (late == 0 && never == 0) {
        return {standing::inconclusive, measured,
                "it was too late by less than the drill itself was at times: " +
                    duration_text(own_lateness),
                "give the drill a processor of its own"};
    }
    return {standing::fail, measured,
            "the probe said ready while the service was stopping, so that new work was sent to it",
            "let the readiness handler answer 503 from the moment the signal is taken, and keep "
            "answering it until the listener is closed"};
}

finding is_lame_duck_long_enough(const judged_run& of) {
    const auto& expected = of.run.expected;
    const auto lag = expected.route_lag.count();
    const auto least = expected.lame_duck_at_least.count();
    const auto needed = std::max(lag, least);
    if (needed == 0 && of.run.sequence == "kubernetes") {
        return {standing::warn, "no route lag was tried",
                "routes were withdrawn the moment the pod was deleted, so that nobody connected "
                "any more; in a cluster endpoints, proxies and balancers learn of it later",
                "give --route-lag the time that takes in your cluster, often 1 s to 5 s, more with "
                "a cloud balancer"};
    }
    if (needed == 0) {
        return not_asked("no route lag and no lame duck was asked for");
    }
    std::vector<std::int64_t> lasted;
    bool too_short = false;
    for (const auto& stop : of.stops) {
        const auto closed = stop.at(mark::listener_closed) != 0 ? stop.at(mark::listener_closed)
                                                                : stop.at(mark::exited);
        if (stop.begun_ns == 0 || (closed == 0 && stop.trial->is_interrupted)) {
            return {standing::inconclusive, "", "a trial was ended before the listener closed",
                    "let the drill run to its end"};
        }
        if (closed == 0) {
            continue;  // it is open to this moment: long enough
        }
        const auto unready = std::max(stop.at(mark::not_ready), stop.begun_ns);
        lasted.push_back(closed - (least != 0 ? unready : stop.begun_ns));
        // Kubernetes withdraws the routes from the delete on, whatever the probe says.
        const auto since = stop.at(mark::deleted) != 0 ? stop.begun_ns : unready;
        too_short = too_short || closed - since < lag || (least != 0 && closed - unready < least);
    }
    const auto measured =
        (lasted.empty() ? "not ended" : range_text(lasted)) + ", needed " + duration_text(needed);
    if (!too_short) {
        return passed(measured);
    }
    return {standing::fail, measured,
            "the listener was closed while connections were still being sent to it",
            "serve on for " + duration_text(needed) +
                " after readiness is gone: a preStop sleep, or a delay between the signal and the "
                "close of the listener"};
}

finding closes_listener_first(const judged_run& of) {
    std::vector<std::int64_t> ahead;
    std::uint64_t by_exit = 0;
    std::uint64_t open = 0;
    for (const auto& stop : of.stops) {
        const auto closed = stop.at(mark::listener_closed);
        const auto exited = stop.at(mark::exited);
        const bool is_left = std::ranges::any_of(stop.trial->leftovers, [](const leftover& one) {
            return one.what == leftover::kind::listener;
        });
        if (!is_left && stop.closed_its_listener()) {
            ahead.push_back((exited != 0 ? exited : closed) - closed);
        } else if (!is_left && exited != 0) {
            ++by_exit;
        } else if (!is_left && stop.trial->is_interrupted) {
            return {standing::inconclusive, "", "a trial was ended before it was over",
                    "let the drill run to its end"};
        } else {
            ++open;
        }
    }
    if (open != 0) {
        return {standing::fail, "still open in " + count_text(open, "trial"),
                "the port is listened on after the stop: clients connect to nobody",
                "close the listener when the drain begins, also the copies that child processes "
                "inherited (SOCK_CLOEXEC)"};
    }
    if (by_exit != 0) {
        return {standing::warn, "closed only by the exit in " + count_text(by_exit, "trial"),
                "connections are accepted, or queue up, until the process is gone, and are reset "
                "then",
                "close the listener when the lame duck is over, then drain, then exit"};
    }
    return passed(range_text(ahead) + " before the exit");
}

}  // namespace lastcall::drill
