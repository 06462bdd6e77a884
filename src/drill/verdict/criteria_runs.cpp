// Trials and runs side by side.
#include <algorithm>
#include <map>

#include "drill/verdict/compare.hpp"
#include "drill/verdict/criteria.hpp"
#include "drill/verdict/summary.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

/// Everything that one stop can be asked.
std::vector<const criterion_rule*> rules_of_one_stop(const judged_run& of) {
    std::vector<const criterion_rule*> made;
    for (const auto& rule : criterion_rules()) {
        const bool compares = rule.judge == &repeats || rule.judge == &is_no_worse;
        if (!compares && is_asked(rule, of)) {
            made.push_back(&rule);
        }
    }
    return made;
}

}  // namespace

finding repeats(const judged_run& of) {
    const auto n = of.stops.size();
    if (n < 2) {
        return not_asked("there was one trial");
    }
    std::map<std::string, std::uint64_t> failures;
    std::vector<double> exits;
    for (const auto& stop : of.stops) {
        const judged_run alone{of.run, {stop}, nullptr, {}};
        for (const auto* rule : rules_of_one_stop(of)) {
            failures[rule->id] += rule->judge(alone).how == standing::fail ? 1U : 0U;
        }
        if (stop.begun_ns != 0 && stop.at(mark::exited) >= stop.begun_ns) {
            exits.push_back(static_cast<double>(stop.at(mark::exited) - stop.begun_ns));
        }
    }
    std::vector<std::string> differing;
    for (const auto& [id, count] : failures) {
        if (count != 0 && count != n) {
            differing.push_back(id + " fails in " + std::to_string(count));
        }
    }
    std::ranges::sort(exits);
    if (!differing.empty()) {
        return {standing::fail, listed(differing) + " of " + count_text(n, "trial"),
                std::string(of.run.matter()) +
                    " depends on chance: on its moment, or on the order of things",
                "repeat with more trials or --sweep until it fails every time, and repair what "
                "fails; one good run proves nothing here"};
    }
    const auto measured = count_text(n, "trial") + " agree";
    const double median = quantile(exits, 0.5);
    if (!exits.empty() && exits.back() > 2 * median + 1e9) {
        return {standing::warn,
                measured + ", exit after " +
                    duration_text(static_cast<std::int64_t>(exits.front())) + " to " +
                    duration_text(static_cast<std::int64_t>(exits.back())),
                "one of them took more than twice as long as the others",
                "look at the timeline of the longest one for what it waited for"};
    }
    return passed(measured);
}

finding is_no_worse(const judged_run& of) {
    if (of.baseline == nullptr) {
        return not_asked("there is no baseline");
    }
    const auto before = summarise(*of.baseline, judge(*of.baseline));
    const auto compared = compare(before, summarise(of));
    const auto measured = std::to_string(compared.worse.size()) + " worse, " +
                          std::to_string(compared.better.size()) + " better";
    if (!compared.worse.empty()) {
        return {standing::fail, measured, in_a_row(compared.worse),
                "look at what changed between the two runs"};
    }
    if (!compared.is_conclusive) {
        return {standing::inconclusive, measured, "the baseline is inconclusive itself",
                "record a baseline that is conclusive"};
    }
    return passed(measured);
}

}  // namespace lastcall::drill
