// How the process ended: in time, by itself, with the right code.
#include <algorithm>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/words.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::drill {
namespace {

constexpr std::int64_t at_once_ns = 1'000'000'000;

std::string ending_text(const exit_facts& exit) {
    return exit.signal != 0 ? "died of signal " + std::to_string(exit.signal)
                            : "exit code " + std::to_string(exit.code);
}

/// A second signal that is declared to end it may do so, by its default action or as a shell
/// tells it.
bool was_forced(const expectations& expected, const stop_view& stop, int code) {
    const auto second = stop.at(mark::second_signal);
    return expected.second_signal == "forces" && second != 0 && stop.at(mark::exited) > second &&
           code == 128 + expected.second_number;
}

std::string fix_of_exit(const run_record& run, int signal) {
    if (run.expected.ends) {
        return "let the program handle " + run.told_by() +
               " and return 0 after its drain; where the platform takes another code for "
               "success, name it in exit_codes";
    }
    if (signal != 0 && sys::signal_name(signal) == run.signal) {
        return "handle " + run.signal +
               " (read the configuration again, and go on): its default action ends a program "
               "that has no handler for it";
    }
    return "the service was to go on: look at its output for why it ended";
}

/// A process that did not end although it had its time is the matter of V01.
finding not_ended(const judged_run& of, const std::string& measured) {
    return interrupted(of) == 0 ? not_asked("the process did not end")
                                : finding{standing::inconclusive, measured,
                                          "the drill was ended before the process was",
                                          "let the drill run to its end"};
}

}  // namespace

namespace {

/// Which of the drill's own connections were there to the end: what a stop may have waited for.
std::string who_stayed(const judged_run& of) {
    std::uint64_t silent = 0;
    std::uint64_t idle = 0;
    std::uint64_t waiting = 0;
    for (const auto& stop : of.stops) {
        const auto killed = stop.at(mark::killed);
        if (killed == 0) {
            continue;
        }
        for (const auto& one : stop.trial->connections) {
            if (one.end_ns >= killed && one.opened_ns < killed) {
                ++(one.requests == 0 ? silent : idle);
            }
        }
        waiting += static_cast<std::uint64_t>(
            std::ranges::count_if(stop.at_risk, [&](const risky_exchange& one) {
                return one.one->sent_ns != 0 && one.one->sent_ns < killed &&
                       one.one->end_ns >= killed;
            }));
    }
    std::vector<std::string> all;
    const auto add = [&all](std::uint64_t n, const char* what) {
        if (n != 0) {
            all.push_back(count_text(n, "connection") + what);
        }
    };
    add(silent, " that never sent a request");
    add(idle, " idle after a request");
    if (waiting != 0) {
        all.push_back(count_text(waiting, "request") + " without an answer");
    }
    return all.empty() ? "" : "; of the drill there were then " + listed(all);
}

}  // namespace

finding exits_in_time(const judged_run& of) {
    const auto& expected = of.run.expected;
    const auto budget = expected.exit_within.count() != 0 ? expected.exit_within : expected.grace;
    std::vector<std::int64_t> took;
    std::uint64_t late = 0;
    std::uint64_t running = 0;
    std::uint64_t unknown = 0;
    for (const auto& stop : of.stops) {
        const auto exited = stop.at(mark::exited);
        if (exited != 0 && stop.begun_ns != 0 && exited >= stop.begun_ns) {
            took.push_back(exited - stop.begun_ns);
            late += took.back() > budget.count() ? 1U : 0U;
        } else if (stop.trial->is_interrupted || stop.begun_ns == 0 || exited != 0) {
            ++unknown;
        } else {
            ++running;
        }
    }
    const auto measured =
        (took.empty() ? "no exit" : range_text(took)) + " of " + duration_text(budget) +
        (running != 0 ? ", still running in " + count_text(running, "trial") : "");
    if (late != 0 || running != 0) {
        auto [why, fix] = explained(of);
        if (why.empty()) {
            why = running != 0 ? "the process did not end" : "the process ended too late";
        }
        why += who_stayed(of);
        if (fix.empty()) {
            fix =
                "find out what it waits for (its log, and a stack of each thread while it stops), "
                "bound the drain by a deadline below the budget, or raise the budget";
        }
        return {standing::fail, measured, why, fix};
    }
    if (unknown != 0) {
        return {standing::inconclusive, measured,
                "no stop was seen from its begin to the exit in " + count_text(unknown, "trial"),
                "let the service run until the signal, and the drill to its end"};
    }
    return passed(measured);
}

finding needs_no_kill(const judged_run& of) {
    std::uint64_t killed = 0;
    std::uint64_t by_others = 0;
    std::uint64_t running = 0;
    for (const auto& stop : of.stops) {
        const auto& exit = stop.trial->exit;
        const bool by_us = exit.killed_by_us || stop.at(mark::killed) != 0;
        killed += by_us ? 1U : 0U;
        by_others += !by_us && exit.known && exit.signal == sigkill ? 1U : 0U;
        running += !by_us && stop.at(mark::exited) == 0 && of.run.expected.ends ? 1U : 0U;
    }
    const auto measured = "SIGKILL in " + std::to_string(killed + by_others) + " of " +
                          count_text(of.stops.size(), "trial");
    if (killed != 0) {
        auto [why, fix] = explained(of);
        if (why.empty()) {
            why = "it was still running at the end of the grace period of " +
                  duration_text(of.run.expected.grace);
        }
        if (fix.empty()) {
            fix = "make the process act on " + of.run.told_by() +
                  " (a shell or package runner in front of it may swallow the signal), and bound "
                  "its drain by a deadline below the grace period";
        }
        return {standing::fail, measured, why, fix};
    }
    if (by_others != 0) {
        return {standing::fail, measured, "it died of a SIGKILL that the drill did not send",
                "look for the kernel's out-of-memory killer and for a supervisor that kills"};
    }
    if (running != 0) {
        return not_ended(of, measured);
    }
    return passed(measured);
}

finding exits_as_expected(const judged_run& of) {
    const auto& allowed = of.run.expected.exit_codes;
    std::vector<std::string> seen;
    std::string wrong;
    int wrong_signal = 0;
    bool was_killed = false;
    std::uint64_t unknown = 0;
    std::uint64_t over = 0;
    for (const auto& stop : of.stops) {
        const auto& exit = stop.trial->exit;
        if (stop.at(mark::exited) == 0 && !of.run.expected.ends) {
            continue;  // it went on, as it should
        }
        if (!exit.known) {
            ++unknown;
            over += stop.at(mark::exited) != 0 ? 1U : 0U;
            continue;
        }
        const auto text = ending_text(exit) + (exit.dumped_core ? ", core dumped" : "");
        if (std::ranges::find(seen, text) == seen.end()) {
            seen.push_back(text);
        }
        const int code = exit.signal != 0 ? 128 + exit.signal : exit.code;
        if (wrong.empty() && std::ranges::find(allowed, code) == allowed.end() &&
            !was_forced(of.run.expected, stop, code)) {
            wrong = text;
            wrong_signal = exit.signal;
            was_killed = exit.killed_by_us;
        }
    }
    std::vector<std::string> wanted;
    wanted.reserve(allowed.size());
    for (const int code : allowed) {
        wanted.push_back(std::to_string(code));
    }
    const auto measured = seen.empty() ? "no exit code was seen" : listed(seen);
    if (!wrong.empty()) {
        return {standing::fail, measured, wrong + " is not among the expected: " + listed(wanted),
                was_killed
                    ? "see V01: it was killed because it had not ended by the end of the grace"
                    : fix_of_exit(of.run, wrong_signal)};
    }
    if (unknown == 0) {
        return passed(measured);
    }
    if (over != unknown) {
        return not_ended(of, measured);
    }
    return {standing::warn, measured, "the exit code of a process is told only to its parent",
            "let the drill start the service, or name its container or unit"};
}

finding takes_second_signal(const judged_run& of) {
    const auto& declared = of.run.expected.second_signal;
    if (declared.empty()) {
        return not_asked("no second signal was sent");
    }
    const bool ignored = declared == "ignored";
    if (!ignored && declared != "forces") {
        return {standing::inconclusive, "", "\"" + declared + "\" is no known behaviour",
                "declare the second signal as \"ignored\" or \"forces\""};
    }
    std::vector<std::int64_t> took;
    std::uint64_t broken = 0;
    std::uint64_t too_late = 0;
    for (const auto& stop : of.stops) {
        const auto second = stop.at(mark::second_signal);
        const auto exited = stop.at(mark::exited);
        if (second == 0 || (exited != 0 && exited <= second)) {
            ++too_late;
            continue;
        }
        if (exited != 0) {
            took.push_back(exited - second);
        }
        const auto& exit = stop.trial->exit;
        if (ignored) {
            const bool died = exit.known && exit.signal != 0 && !exit.killed_by_us;
            const bool lost = std::ranges::any_of(stop.at_risk, [&](const risky_exchange& one) {
                return one.ruled == ruling::lost && one.one->end_ns > second;
            });
            broken += died || lost ? 1U : 0U;
        } else {
            broken += exited == 0 || exited - second > at_once_ns || exit.killed_by_us ? 1U : 0U;
        }
    }
    const auto measured = (took.empty() ? "no exit" : "exit " + range_text(took)) +
                          " after the second signal, declared as \"" + declared + "\"";
    if (broken != 0) {
        return ignored ? finding{standing::fail, measured,
                                 "after the second signal the process died of it, or requests were "
                                 "lost in " +
                                     count_text(broken, "trial"),
                                 "keep the handler installed after the first signal: SA_RESETHAND "
                                 "and \"once\" handlers give the second its default action"}
                       : finding{standing::fail, measured,
                                 "the second signal did not end the process within " +
                                     duration_text(at_once_ns),
                                 "end at once when the signal comes again while draining"};
    }
    if (too_late != 0) {
        return {standing::inconclusive, measured,
                "in " + count_text(too_late, "trial") + " it was over before the second signal",
                "send the second signal sooner, or have requests in flight that last longer"};
    }
    return passed(measured);
}

}  // namespace lastcall::drill
