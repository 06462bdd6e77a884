#include "drill/verdict/verdict.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

constexpr std::array<criterion_rule, 19> rules{{
    {"V01", "exits within its budget", exits_in_time, true, false, false, false},
    {"V02", "needs no SIGKILL", needs_no_kill, true, true, false, false},
    {"V03", "exits with an expected code", exits_as_expected, true, true, false, false},
    {"V04", "loses nothing in flight", loses_nothing_in_flight, false, false, false, true},
    {"V05", "loses no new connection", loses_no_new_connection, false, false, false, true},
    {"V06", "cuts no response", cuts_no_response, false, false, false, true},
    {"V07", "leaves nobody waiting", hangs_nothing, false, false, false, true},
    {"V08", "turns not ready at once", turns_not_ready, true, false, true, false},
    {"V09", "is lame duck for long enough", is_lame_duck_long_enough, true, false, true, false},
    {"V10", "closes its listener before it exits", closes_listener_first, true, false, true, false},
    {"V11", "announces the end of connections", announces_close, true, false, false, false},
    {"V12", "closes idle connections", closes_idle, true, false, false, false},
    {"V13", "ends streams, WebSockets and HTTP/2 properly", ends_sessions, false, false, false,
     true},
    {"V14", "leaves nothing behind", leaves_nothing, false, false, false, false},
    {"V15", "keeps what it acknowledged", keeps_effects, false, false, false, true},
    {"V16", "takes a second signal as declared", takes_second_signal, true, false, false, false},
    {"V17", "frees its port at once", frees_the_port, true, false, true, false},
    {"V18", "does the same every time", repeats, false, false, false, false},
    {"V19", "is no worse than the baseline", is_no_worse, false, false, false, false},
}};

finding ruled(const criterion_rule& rule, const judged_run& of) {
    const bool is_control = of.run.sequence == "crash";
    if (is_control && !rule.of_control_run) {
        return not_asked("a control run: the process is killed on purpose");
    }
    if (!is_asked(rule, of)) {
        return not_asked("the service is to go on");
    }
    if (rule.of_address && of.run.sequence == "rolling") {
        return not_asked("the successor serves at the same address");
    }
    auto made = rule.judge(of);
    if (is_control && made.how == standing::fail) {
        made.how = standing::warn;
        made.why = "a control run: this is what a stop without any grace loses; " + made.why;
        made.fix = "nothing: compare it with a run of another sequence";
    }
    return made;
}

standing overall_of(const verdict& made) {
    const auto any = [&](standing how) {
        return std::ranges::any_of(made.criteria,
                                   [&](const criterion& one) { return one.how == how; });
    };
    if (any(standing::fail)) {
        return standing::fail;
    }
    if (!made.inconclusive_because.empty()) {
        return standing::inconclusive;
    }
    return any(standing::warn) ? standing::warn : standing::pass;
}

}  // namespace

std::string_view to_string(standing value) noexcept {
    switch (value) {
        case standing::pass:
            return "pass";
        case standing::warn:
            return "warn";
        case standing::fail:
            return "fail";
        case standing::inconclusive:
            return "inconclusive";
        case standing::not_asked:
            break;
    }
    return "not_asked";
}

std::span<const criterion_rule> criterion_rules() noexcept { return rules; }

int verdict::exit_status() const noexcept {
    switch (overall) {
        case standing::pass:
        case standing::warn:
            return 0;
        case standing::fail:
            return 3;
        case standing::inconclusive:
        case standing::not_asked:
            break;
    }
    return 4;
}

const criterion& verdict::of(std::string_view id) const {
    const auto found = std::ranges::find(criteria, id, &criterion::id);
    if (found == criteria.end()) {
        throw std::out_of_range("no criterion " + std::string(id));
    }
    return *found;
}

verdict judge(const run_record& run, const run_record* baseline) {
    judged_run of{run, {}, baseline, {}};
    verdict made;
    for (const auto& trial : run.trials) {
        of.stops.emplace_back(trial, run.expected);
        made.totals.add(of.stops.back().counted);
    }
    made.cells = cells_of(of);
    made.inconclusive_because = doubts(of, made.cells);
    for (const auto& rule : rules) {
        of.earlier = made.criteria;
        auto found = of.stops.empty() ? not_asked("no stop was made") : ruled(rule, of);
        if (found.how == standing::inconclusive) {
            made.inconclusive_because.push_back(std::string(rule.id) + ' ' + rule.title + ": " +
                                                found.why + "; " + found.fix);
        }
        made.criteria.push_back({rule.id, rule.title, found.how, std::move(found.measured),
                                 std::move(found.why), std::move(found.fix)});
    }
    made.overall = overall_of(made);
    return made;
}

bool is_asked(const criterion_rule& rule, const judged_run& of) {
    return !rule.of_a_stop || of.run.expected.ends ||
           (rule.of_an_exit && std::ranges::any_of(of.stops, [](const stop_view& stop) {
                return stop.at(mark::exited) != 0;
            }));
}

// ---- what the criteria share ----

std::string range_text(const std::vector<std::int64_t>& durations) {
    if (durations.empty()) {
        return "never";
    }
    const auto [least, most] = std::ranges::minmax(durations);
    if (durations.size() == 1) {
        return duration_text(most);
    }
    return duration_text(least) + " to " + duration_text(most) + " in " +
           count_text(durations.size(), "trial");
}

bool losses_are_allowed(const judged_run& of) {
    return std::ranges::all_of(of.stops, [&](const stop_view& stop) {
        return stop.lost <= of.run.expected.allowed_losses;
    });
}

std::pair<std::string, std::string> explained(const judged_run& of) {
    std::pair<std::string, std::string> made;
    for (const auto& stop : of.stops) {
        for (const auto& one : stop.trial->explanations) {  // the last one knew the most
            made = {one.text(), one.fix};
        }
    }
    return made;
}

std::uint64_t interrupted(const judged_run& of) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        of.stops, [](const stop_view& stop) { return stop.trial->is_interrupted; }));
}

}  // namespace lastcall::drill
