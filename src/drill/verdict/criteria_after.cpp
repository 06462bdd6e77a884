// What is there afterwards: leftovers, effects, the port.
#include <algorithm>
#include <set>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

const char* fix_of(leftover::kind what) {
    switch (what) {
        case leftover::kind::process:
            return "end and wait for the processes that were started before the main one exits";
        case leftover::kind::listener:
            return "a process that is left holds the listening socket: open it with SOCK_CLOEXEC, "
                   "and end the processes that inherited it";
        case leftover::kind::connection:
            return "close every connection before the exit, and the processes that inherited them";
        case leftover::kind::unix_socket:
            return "unlink the unix socket when the listener is closed, and before it is bound";
        case leftover::kind::file:
            break;
    }
    return "remove temporary, lock and pid files during the stop, or put them where the platform "
           "does it (RuntimeDirectory=, emptyDir)";
}

}  // namespace

finding leaves_nothing(const judged_run& of) {
    std::vector<std::string> shown;
    std::vector<std::string> fixes;
    std::uint64_t n = 0;
    bool serious = false;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.trial->leftovers) {
            ++n;
            serious = serious ||
                      (one.what != leftover::kind::file && one.what != leftover::kind::connection);
            if (shown.size() < 5) {
                shown.push_back(std::string(to_string(one.what)) + " " + one.text);
            }
            const std::string fix = fix_of(one.what);
            if (std::ranges::find(fixes, fix) == fixes.end()) {
                fixes.push_back(fix);
            }
        }
    }
    if (n == 0 && interrupted(of) != 0) {
        return {standing::inconclusive, "", "the drill was ended before it looked",
                "let the drill run to its end"};
    }
    if (n == 0) {
        return passed("nothing is left");
    }
    return {
        serious ? standing::fail : standing::warn, count_text(n, "thing") + " left",
        listed(shown) + (n > shown.size() ? ", and " + std::to_string(n - shown.size()) + " more"
                                          : std::string()),
        in_a_row(fixes)};
}

finding keeps_effects(const judged_run& of) {
    std::uint64_t acknowledged = 0;
    std::uint64_t lost = 0;
    std::uint64_t unclaimed = 0;
    std::uint64_t denied = 0;  // of them: the client was told that nothing was done
    bool asked = false;
    for (const auto& stop : of.stops) {
        if (!stop.trial->effects) {
            continue;
        }
        const auto& ledger = *stop.trial->effects;
        asked = true;
        if (!ledger.problem.empty()) {
            return {standing::inconclusive, "",
                    "the list of effects could not be read: " + ledger.problem,
                    "let the list be readable after the stop: by a command, or by the restarted "
                    "service"};
        }
        if (ledger.found == 0 && ledger.acknowledged != 0) {
            return {standing::inconclusive, "",
                    "not one {id} of the " + std::to_string(ledger.acknowledged) +
                        " that were acknowledged is in the list: either all of them are gone, or "
                        "it does not list them",
                    "look at what the list answers after a POST: it has to hold the {id} of each "
                    "one that was done, as text"};
        }
        acknowledged += ledger.acknowledged;
        lost += ledger.lost.size();
        unclaimed += ledger.unclaimed.size();
        const std::set<std::uint64_t> there(ledger.unclaimed.begin(), ledger.unclaimed.end());
        denied += static_cast<std::uint64_t>(
            std::ranges::count_if(stop.at_risk, [&](const risky_exchange& one) {
                return there.contains(one.one->effect) &&
                       (one.ruled == ruling::legal || one.one->result == outcome::shed_503);
            }));
    }
    if (!asked) {
        return not_asked("no effects were asked for");
    }
    finding made = passed(share_text(lost, acknowledged) + " acknowledged effects lost, " +
                          std::to_string(unclaimed) + " done and not acknowledged");
    std::vector<std::string> why;
    std::vector<std::string> fix;
    if (lost != 0) {
        made.how = standing::fail;
        why.push_back("acknowledged with a 2xx and not there after " +
                      std::string(of.run.matter()) + ": " + count_text(lost, "effect"));
        fix.emplace_back(
            "answer only when the effect is durable (committed, fsynced, accepted by "
            "the queue), and flush buffers before the exit");
    }
    if (denied != 0) {
        made.how = standing::fail;
        why.push_back("there although the client was told that nothing was done: " +
                      count_text(denied, "effect") + ", done twice when the client sends it again");
        fix.emplace_back(
            "do not begin work for a request whose connection is being closed or "
            "whose answer is 503");
    }
    if (unclaimed > denied) {
        made.how = made.how == standing::pass ? standing::warn : made.how;
        why.push_back("done while the client saw a failure: " +
                      count_text(unclaimed - denied, "effect") + ", done twice by a retry");
        fix.emplace_back(
            "let the answer out before the connection is closed, and let requests "
            "with effects carry an idempotency key");
    }
    made.why = in_a_row(why);
    made.fix = in_a_row(fix);
    return made;
}

finding frees_the_port(const judged_run& of) {
    constexpr std::int64_t at_once_ns = 100'000'000;
    constexpr std::int64_t soon_ns = 1'000'000'000;
    if (!of.run.expected.tries_port) {
        return not_asked("others may take the port once it is free: it was not tried");
    }
    std::vector<std::int64_t> took;
    std::uint64_t never = 0;
    for (const auto& stop : of.stops) {
        const auto bindable = stop.at(mark::bindable);
        const auto exited = stop.at(mark::exited);
        if (bindable != 0 && exited != 0) {
            took.push_back(std::max<std::int64_t>(0, bindable - exited));
        } else if (exited != 0 && stop.at(mark::listener_closed) != 0) {
            ++never;  // the listener was seen, so the port is one of this machine
        }
    }
    constexpr auto fix =
        "set SO_REUSEADDR before bind(2), close the listener before the exit, and "
        "leave no process behind that holds it";
    if (never != 0) {
        return {standing::fail, "not bound in " + count_text(never, "trial"),
                "the next start fails with EADDRINUSE", fix};
    }
    if (took.empty()) {
        return interrupted(of) != 0
                   ? finding{standing::inconclusive, "", "the drill was ended before it tried",
                             "let the drill run to its end"}
                   : not_asked("the port can not be tried from here");
    }
    const auto measured = range_text(took) + " after the exit";
    const auto slowest = *std::ranges::max_element(took);
    if (slowest <= at_once_ns) {
        return passed(measured);
    }
    return {slowest > soon_ns ? standing::fail : standing::warn, measured,
            "a restart in that time fails with EADDRINUSE", fix};
}

}  // namespace lastcall::drill
