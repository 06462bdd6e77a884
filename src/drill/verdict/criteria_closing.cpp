// How connections were ended: announced, the idle ones closed, sessions told.
#include <algorithm>
#include <map>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/loss_advice.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

bool is_session_class(outcome result) noexcept {
    switch (result) {
        case outcome::ws_going_away:
        case outcome::ws_error:
        case outcome::ws_closed_other:
        case outcome::ws_gone:
        case outcome::h2_lost:
        case outcome::h2_no_goaway:
        case outcome::h2_goaway_error:
        case outcome::h2_unprocessed:
            return true;
        default:
            return false;
    }
}

bool is_h2(const exchange& one) noexcept {
    return one.lane == "h2" || one.at_signal == cell::h2_idle || one.at_signal == cell::h2_active ||
           one.at_signal == cell::h2_after_goaway;
}

bool is_session(const exchange& one) noexcept {
    return is_session_class(one.result) || one.method == "ECHO" || one.status == 101 ||
           one.at_signal == cell::streaming || one.at_signal == cell::websocket || is_h2(one);
}

/// A connection that was made when there was a successor is nobody's to announce.
bool is_of_successor(const exchange& one, const stop_view& stop) noexcept {
    const auto ready = stop.at(mark::successor_ready);
    return ready != 0 && one.opened_ns > ready;
}

/// From the signal until every thread of a service can be expected to know of it.
constexpr std::int64_t takes_to_know_ns = 20'000'000;

/// A response of HTTP/1 that could have announced the end: begun when the service knew.
bool could_announce(const exchange& one, const stop_view& stop) noexcept {
    const auto knew = std::max(stop.told_ns, stop.at(mark::signal_taken)) + takes_to_know_ns;
    return (one.result == outcome::ok || one.result == outcome::served_close) &&
           one.first_byte_ns > knew && !is_session(one) && !is_of_successor(one, stop);
}

struct announcements {
    std::uint64_t responses = 0, lacking = 0;
    std::uint64_t late = 0, late_lacking = 0;  ///< begun when the listener was closed
    std::uint64_t races = 0, most_races = 0;

    void add(const stop_view& stop) {
        const auto from =
            stop.closed_its_listener() ? stop.at(mark::listener_closed) : stop.told_ns;
        std::map<std::uint32_t, std::uint32_t> last;  // of each connection, by `nth`
        for (const auto& risky : stop.at_risk) {
            auto& nth = last[risky.one->connection];
            nth = std::max(nth, risky.one->nth);
        }
        for (const auto& [one, ruled, what, gone] : stop.at_risk) {
            // Only the last response of a connection has to: the others were followed by it.
            if (!could_announce(*one, stop) || one->nth != last[one->connection]) {
                continue;
            }
            const std::uint64_t lacks = one->close_announced ? 0 : 1;
            ++responses;
            lacking += lacks;
            if (one->first_byte_ns > from) {
                ++late;
                late_lacking += lacks;
            }
        }
        races += stop.idle_races;
        most_races = std::max(most_races, stop.idle_races);
    }
};

}  // namespace

finding announces_close(const judged_run& of) {
    announcements all;
    for (const auto& stop : of.stops) {
        all.add(stop);
    }
    if (all.responses == 0 && all.races == 0) {
        return not_asked("no response was begun after the signal");
    }
    const auto& expected = of.run.expected;
    finding made;
    made.measured = std::to_string(all.lacking) + " of " + count_text(all.responses, "response") +
                    " after the signal without an announcement, " +
                    count_text(all.races, "idle race");
    // One late response that lacks it may have been on its way; a habit is another thing.
    const bool never_learns = all.late_lacking * 2 > all.late &&
                              all.late_lacking >= std::max(1U, expected.samples_per_cell);
    const bool too_many_races = all.most_races > expected.allowed_idle_races;
    if (all.lacking == 0 && all.races == 0) {
        made.how = standing::pass;
        return made;
    }
    made.how = never_learns || too_many_races ? standing::fail : standing::warn;
    std::vector<std::string> why;
    if (all.lacking != 0) {
        why.emplace_back(
            "clients that are not told send their next request on a connection that "
            "is about to go");
    }
    if (all.races != 0) {
        why.push_back(count_text(all.races, "request") +
                      " crossed the close of an idle connection: HTTP allows it, and a client may "
                      "not send a POST again by itself" +
                      (too_many_races ? ", at most " + std::to_string(expected.allowed_idle_races) +
                                            " are allowed"
                                      : std::string()));
    }
    made.why = in_a_row(why);
    made.fix =
        "from the signal on answer with `Connection: close` and close the connection behind "
        "the answer; close idle connections some seconds later, not at once";
    return made;
}

namespace {

struct silent_ends {
    std::uint64_t all = 0;
    std::uint64_t late = 0;
    bool held_it_up = false;  ///< they were there until it was killed, or past its budget
};

/// Connections on which nothing was ever sent: browsers and pools open them ahead of need.
silent_ends silent_connections(const judged_run& of) {
    const auto& expected = of.run.expected;
    const auto budget = expected.exit_within.count() != 0 ? expected.exit_within : expected.grace;
    silent_ends made;
    for (const auto& stop : of.stops) {
        if (stop.told_ns == 0) {
            continue;
        }
        const auto exited = stop.at(mark::exited);
        const bool was_late =
            stop.at(mark::killed) != 0 || exited == 0 || exited - stop.begun_ns > budget.count();
        for (const auto& one : stop.trial->connections) {
            if (one.at_signal != cell::silent || one.end_ns <= stop.told_ns) {
                continue;
            }
            ++made.all;
            if (one.end_ns - stop.told_ns > expected.idle_closed_within.count()) {
                ++made.late;
                made.held_it_up = made.held_it_up || was_late;
            }
        }
    }
    return made;
}

}  // namespace

finding closes_idle(const judged_run& of) {
    const auto within = of.run.expected.idle_closed_within.count();
    if (within == 0) {
        return not_asked("no time was set for it");
    }
    std::vector<std::int64_t> took;
    std::uint64_t late = 0;
    std::uint64_t resets = 0;
    std::uint64_t kept = 0;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.trial->connections) {
            const bool was_idle = one.at_signal == cell::idle || one.at_signal == cell::just_idle ||
                                  one.at_signal == cell::h2_idle;
            if (!was_idle || stop.told_ns == 0 || one.end_ns <= stop.told_ns) {
                continue;
            }
            const auto after = one.end_ns - stop.told_ns;
            if (one.how == quiet_end::by_us) {
                kept += after > within ? 1U : 0U;  // sooner says nothing about the server
                continue;
            }
            took.push_back(after);
            late += after > within ? 1U : 0U;
            resets += one.how == quiet_end::reset ? 1U : 0U;
        }
    }
    const auto silent = silent_connections(of);
    if (took.empty() && kept == 0 && silent.all == 0) {
        return not_asked("no connection was idle at the signal");
    }
    auto measured = count_text(took.size() + kept, "idle connection") + ": " +
                    std::to_string(took.size() - late) + " closed within " + duration_text(within);
    if (!took.empty()) {
        measured += ", the last after " + duration_text(*std::ranges::max_element(took));
    }
    if (silent.late != 0) {
        measured += "; of " + std::to_string(silent.all) + " that never sent a request " +
                    std::to_string(silent.late) + " stayed open for longer";
    }
    if (late != 0 || kept != 0) {
        return {
            standing::fail, measured,
            std::to_string(late + kept) +
                " stayed open: a stop that waits for them waits for a client that has nothing "
                "to say",
            "close idle connections when the drain begins (Node: server.closeIdleConnections(); "
            "Go: http.Server.Shutdown; else a short keep-alive timeout from the signal on)"};
    }
    if (silent.late != 0) {
        return {silent.held_it_up ? standing::fail : standing::warn, measured,
                "connections that never sent a request stayed open" +
                    std::string(silent.held_it_up ? " for as long as the stop lasted" : ""),
                "close connections that have sent nothing as well: most servers count them as "
                "neither idle nor busy, and wait for their first request"};
    }
    if (resets != 0) {
        return {standing::warn, measured,
                std::to_string(resets) +
                    " of them by a reset: a request that crosses it fails with an error instead of "
                    "an end",
                "close idle connections by shutdown(2) or close(2) while the process lives, with "
                "nothing unread, instead of leaving it to the exit"};
    }
    return passed(measured);
}

finding ends_sessions(const judged_run& of) {
    std::vector<risky_exchange> lost;
    std::uint64_t n = 0;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.at_risk) {
            // A connection that was not made has nothing to end.
            const bool was_begun = one.one->sent_ns != 0;
            if (one.ruled != ruling::ours && was_begun && is_session(*one.one)) {
                ++n;
                if (one.ruled == ruling::lost) {
                    lost.push_back(one);
                }
            }
        }
    }
    if (n == 0) {
        return not_asked("there was no stream, WebSocket or HTTP/2");
    }
    finding made = passed(share_text(lost.size(), n) + " ended improperly");
    if (!lost.empty()) {
        made.how = losses_are_allowed(of) ? standing::warn : standing::fail;
        auto [why, fix] = advise(lost, of.run);
        made.why = std::move(why);
        made.fix = std::move(fix);
    }
    return made;
}

}  // namespace lastcall::drill
