#include "drill/report/headline.hpp"

#include <algorithm>
#include <tuple>

#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

std::string losses(const run_record& run, const verdict& made) {
    const auto& totals = made.totals;
    auto text = thousands(totals.lost_at_risk) + " of " + counted(totals.at_risk, "request") +
                " at risk " + (totals.lost_at_risk == 1 ? "was" : "were") + " lost";
    if (totals.at_risk != 0 && totals.lost_at_risk == 0) {
        text += " (95 %: below " + percent(upper_bound_95(totals.at_risk)) + ")";
    }
    if (totals.lost_before != 0) {
        text += ", and " + thousands(totals.lost_before) + " before " + run.moment();
    }
    return text;
}

/// The criteria that fail where no loss says why.
std::string broken(const verdict& made) {
    std::string text;
    if (made.totals.lost_at_risk == 0) {
        for (const auto& one : made.criteria) {
            if (one.how == standing::fail) {
                text += (text.empty() ? "; broken: " : ", ") + one.id + " (" + one.title + ")";
            }
        }
    }
    return text;
}

/// How long the event took, and that the service outlived it.
std::string event_ends(const run_record& run) {
    std::vector<std::int64_t> took;
    std::uint64_t ended = 0;
    for (const auto& trial : run.trials) {
        if (const auto one = after_signal(trial, mark::event_ended)) {
            took.push_back(*one);
        }
        ended += trial.marks[mark::exited] != 0 ? 1U : 0U;
    }
    auto text = harmless(run.told_by());
    if (took.empty()) {
        text += " was not seen to end";
    } else {
        const auto [first, last] = std::ranges::minmax(took);
        text += " took " + length_text(first);
        if (length_text(first) != length_text(last)) {
            text += " to " + length_text(last);
        }
    }
    if (ended != 0) {
        text += ", the process that was there before ended";
    }
    return text;
}

std::string ends(const run_record& run) {
    if (!run.event.empty() && !run.expected.ends) {
        return event_ends(run);
    }
    std::vector<std::int64_t> exits;
    std::uint64_t killed = 0;
    for (const auto& trial : run.trials) {
        killed += trial.exit.killed_by_us ? 1U : 0U;
        if (const auto took = after_signal(trial, mark::exited)) {
            exits.push_back(*took);
        }
    }
    const auto signal = harmless(run.told_by());
    if (exits.empty()) {
        return run.expected.ends ? "no exit was seen after " + signal
                                 : "the process is to go on after " + signal;
    }
    const auto [first, last] = std::ranges::minmax(exits);
    std::string text = killed == 0 ? "exit "
                       : killed == run.trials.size()
                           ? "SIGKILL was needed, exit "
                           : "SIGKILL was needed in " + counted(killed, "trial") + ", exit ";
    text += length_text(first);
    if (length_text(first) != length_text(last)) {
        text += " to " + length_text(last);
    }
    return text + " after " + signal;
}

}  // namespace

std::string_view verdict_word(const verdict& made) noexcept {
    switch (made.overall) {
        case standing::pass:
        case standing::warn:
            return "PASS";
        case standing::fail:
            return "FAIL";
        case standing::inconclusive:
        case standing::not_asked:
            break;
    }
    return "INCONCLUSIVE";
}

std::string headline(const run_record& run, const verdict& made) {
    auto text = losses(run, made) + "; " + ends(run);
    if (run.sequence == "crash") {
        text = "a control run, killed on purpose: " + text;
    }
    if (run.expected.ends) {
        text += ", grace " + length_text(run.expected.grace.count());
    }
    if (run.trials.size() > 1) {
        text += "; " + counted(run.trials.size(), "trial");
    }
    return text + broken(made);
}

std::string exit_text(const trial_record& trial) {
    const auto& end = trial.exit;
    if (end.killed_by_us) {
        return "SIGKILL by the drill";
    }
    if (!end.known) {
        return trial.marks[mark::exited] != 0 ? "ended, status not known" : "not known";
    }
    if (end.signal != 0) {
        return "ended by signal " + std::to_string(end.signal) +
               (end.dumped_core ? ", core dumped" : "");
    }
    return "exit " + std::to_string(end.code);
}

std::vector<counted_trial> worst_first(const run_record& run) {
    std::vector<counted_trial> made;
    made.reserve(run.trials.size());
    for (const auto& trial : run.trials) {
        made.push_back({&trial, count(trial, run.expected)});
    }
    std::ranges::stable_sort(made, [](const counted_trial& a, const counted_trial& b) {
        const auto badness = [](const counted_trial& one) {
            return std::tuple(one.counts.lost, one.trial->exit.killed_by_us,
                              after_signal(*one.trial, mark::exited).value_or(0));
        };
        return badness(a) > badness(b);
    });
    return made;
}

std::optional<std::int64_t> after_signal(const trial_record& trial, mark which) {
    const auto signal_ns = trial.marks[mark::signal_sent];
    const auto at = trial.marks[which];
    return signal_ns == 0 || at == 0 ? std::nullopt : std::optional(at - signal_ns);
}

}  // namespace lastcall::drill
