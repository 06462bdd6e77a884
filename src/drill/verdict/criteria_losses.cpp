// What the clients of a stop lost. V04 and V05 share all losses between them; V06, V07 and
// V13 say the same once more of the kinds that have a name of their own.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/loss_advice.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

/// Lost is wrong, unless no stop lost more than it may.
standing standing_of_loss(const judged_run& of, std::size_t lost) {
    return lost == 0 ? standing::pass : losses_are_allowed(of) ? standing::warn : standing::fail;
}

/// A finding over a part of the exchanges at risk.
template <class Belongs, class More>
finding judge_part(const judged_run& of, Belongs belongs, const char* of_what, More more) {
    std::vector<risky_exchange> lost;
    std::uint64_t n = 0;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.at_risk) {
            if (!one.counts() || !belongs(one)) {
                continue;
            }
            ++n;
            if (one.ruled == ruling::lost) {
                lost.push_back(one);
            }
        }
    }
    if (n == 0) {
        return not_asked(std::string("there were none ") + of_what);
    }
    finding made;
    made.how = standing_of_loss(of, lost.size());
    made.measured = share_text(lost.size(), n) + " " + of_what + more(lost);
    if (!lost.empty()) {
        auto [why, fix] = advise(lost, of.run);
        made.why = std::move(why);
        made.fix = std::move(fix);
        if (made.how == standing::warn) {
            made.why += "; allowed_losses is " + std::to_string(of.run.expected.allowed_losses);
        }
    }
    return made;
}

constexpr auto nothing_more = [](const std::vector<risky_exchange>&) { return std::string(); };

/// Losses of some classes, out of everything that was at risk.
template <class Is>
finding judge_classes(const judged_run& of, Is is_class, const char* of_what) {
    std::vector<risky_exchange> found;
    std::uint64_t n = 0;
    std::uint64_t missing = 0;
    std::uint64_t successes = 0;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.at_risk) {
            n += one.counts() ? 1U : 0U;
            if (is_class(one.one->result) && one.ruled == ruling::lost) {
                found.push_back(one);
                missing += one.one->missing;
                successes += one.one->status >= 200 && one.one->status < 300 ? 1U : 0U;
            }
        }
    }
    if (n == 0) {
        return not_asked("nothing was at risk");
    }
    finding made;
    made.how = standing_of_loss(of, found.size());
    made.measured = share_text(found.size(), n) + " " + of_what;
    if (successes != 0) {
        made.measured += ", " + std::to_string(successes) + " of them under a status of success";
    }
    if (missing != 0) {
        made.measured += ", " + count_text(missing, "byte") + " missing";
    }
    if (!found.empty()) {
        auto [why, fix] = advise(found, of.run);
        made.why = std::move(why);
        made.fix = std::move(fix);
    }
    return made;
}

}  // namespace

finding loses_nothing_in_flight(const judged_run& of) {
    return judge_part(
        of, [](const risky_exchange& one) { return one.what != risk::new_connection; },
        "in flight or sent afterwards on an open connection",
        [&of](const std::vector<risky_exchange>& lost) {
            if (lost.empty()) {
                return std::string();
            }
            const auto in_flight = std::ranges::count(lost, risk::in_flight, &risky_exchange::what);
            return ": " + std::to_string(in_flight) + " in flight at " + of.run.moment() + ", " +
                   std::to_string(static_cast<std::ptrdiff_t>(lost.size()) - in_flight) +
                   " sent afterwards";
        });
}

namespace {

/// Routes that are withdrawn in the turn of the signal leave nobody who connects after it.
bool connects_after(const judged_run& of) {
    return std::ranges::any_of(of.stops, [](const stop_view& stop) {
        const auto withdrawn = stop.at(mark::routes_withdrawn);
        return withdrawn == 0 || withdrawn > stop.begun_ns;
    });
}

}  // namespace

finding loses_no_new_connection(const judged_run& of) {
    auto made = judge_part(
        of, [](const risky_exchange& one) { return one.what == risk::new_connection; },
        "on new connections", nothing_more);
    std::uint64_t after = 0;
    for (const auto& stop : of.stops) {
        const auto withdrawn = stop.at(mark::routes_withdrawn);
        after += static_cast<std::uint64_t>(
            std::ranges::count_if(stop.at_risk, [&](const risky_exchange& one) {
                return one.what == risk::new_connection && one.ruled == ruling::lost &&
                       withdrawn != 0 && one.one->opened_ns > withdrawn;
            }));
    }
    if (!connects_after(of)) {
        made.measured += std::string(made.measured.empty() ? "" : "; ") +
                         "nobody made connections after the signal (the route lag is 0)";
    }
    if (after != 0) {
        made.measured += "; " + std::to_string(after) + " of them after the routes were withdrawn";
    }
    return made;
}

namespace {

struct changes {
    std::uint64_t count = 0;
    std::vector<std::string> kinds;
};

/// Answers that count as served, and are not what their lane had before the stop: a status
/// that it never had, an empty body where none was, or one of another size altogether. What a
/// body says is not looked at.
changes changed_answers(const judged_run& of) {
    struct usual {
        std::set<int> classes;  // of the status: 2 for 200 to 299
        std::uint64_t count = 0;
        std::uint64_t least = UINT64_MAX;  // of the bodies
        std::uint64_t most = 0;
    };
    constexpr std::uint64_t enough_to_tell = 20;
    changes made;
    std::set<std::string> kinds;
    for (const auto& stop : of.stops) {
        std::map<std::tuple<std::string_view, std::string_view, std::string_view>, usual> before;
        for (const auto& one : stop.trial->exchanges) {
            if (blame_of(one.result) == blame::none && one.end_ns <= stop.begun_ns) {
                auto& seen = before[{one.lane, one.method, one.target}];
                seen.classes.insert(one.status / 100);
                ++seen.count;
                seen.least = std::min(seen.least, one.body);
                seen.most = std::max(seen.most, one.body);
            }
        }
        for (const auto& [one, ruled, what, gone] : stop.at_risk) {
            const auto usually = before.find({one->lane, one->method, one->target});
            if (blame_of(one->result) != blame::none || usually == before.end() ||
                one->status == 0 || one->status >= 400 || one->instance > 1 ||
                one->at_signal == cell::streaming) {
                continue;  // a stream may be ended early, if it is ended properly
            }
            const auto& seen = usually->second;
            if (seen.count < enough_to_tell) {
                continue;
            }
            const auto where = " at " + std::string(one->target);
            if (!seen.classes.contains(one->status / 100)) {
                kinds.insert("status " + std::to_string(one->status) + where);
            } else if (one->body == 0 && seen.least > 0) {
                kinds.insert("an empty body" + where);
            } else if (one->body < seen.least / 2 || one->body / 2 > seen.most) {
                kinds.insert("a body of less than half or more than twice the usual size" + where);
            } else {
                continue;
            }
            ++made.count;
        }
    }
    made.kinds.assign(kinds.begin(), kinds.end());
    return made;
}

}  // namespace

finding cuts_no_response(const judged_run& of) {
    auto made = judge_classes(
        of,
        [](outcome result) {
            return result == outcome::cut_in_head || result == outcome::cut_in_body ||
                   result == outcome::cut_tls;
        },
        "cut");
    if (const auto changed = changed_answers(of);
        changed.count != 0 && made.how == standing::pass) {
        made.how = standing::warn;
        made.measured += ", " + count_text(changed.count, "answer") + " of another kind";
        made.why = std::string("answered during ") + of.run.matter() +
                   " as it never was before: " + listed(changed.kinds);
        made.fix =
            "answer every request that is accepted as at any other time; who cannot be "
            "served is told so by 503 with Retry-After";
    }
    return made;
}

finding hangs_nothing(const judged_run& of) {
    return judge_classes(
        of,
        [](outcome result) {
            return result == outcome::hung_first || result == outcome::hung_body ||
                   result == outcome::connect_hung;
        },
        "without an answer in time");
}

}  // namespace lastcall::drill
