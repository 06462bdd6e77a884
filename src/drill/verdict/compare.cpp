#include "drill/verdict/compare.hpp"

#include <algorithm>
#include <iterator>

#include "drill/verdict/statistics.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

std::string ms_text(double ms) { return duration_text(static_cast<std::int64_t>(ms * 1e6)); }

void compare_losses(const run_summary& before, const run_summary& after, comparison& made) {
    const auto text = "losses: " + share_text(before.lost, before.at_risk) + ", now " +
                      share_text(after.lost, after.at_risk);
    if (lower_bound_95(after.lost, after.at_risk) > upper_bound_95(before.lost, before.at_risk)) {
        made.worse.push_back(text);
    } else if (upper_bound_95(after.lost, after.at_risk) <
               lower_bound_95(before.lost, before.at_risk)) {
        made.better.push_back(text);
    } else {
        made.same.push_back(text);
    }
}

void compare_durations(const char* what, double before, double after, comparison& made) {
    if (before <= 0 || after <= 0) {
        return;  // not seen in one of them
    }
    const auto text = std::string(what) + ": " + ms_text(before) + ", now " + ms_text(after);
    const auto is_longer = [](double a, double b) { return b > a * 1.2 && b > a + 50; };
    (is_longer(before, after)   ? made.worse
     : is_longer(after, before) ? made.better
                                : made.same)
        .push_back(text);
}

/// "before: busy 10; now: h2 12"
std::string difference(const std::vector<std::string>& before,
                       const std::vector<std::string>& after) {
    std::vector<std::string> gone;
    std::vector<std::string> come;
    std::ranges::set_difference(before, after, std::back_inserter(gone));
    std::ranges::set_difference(after, before, std::back_inserter(come));
    return (gone.empty() ? "" : "before " + listed(gone)) +
           (gone.empty() || come.empty() ? "" : "; ") + (come.empty() ? "" : "now " + listed(come));
}

bool says_something(standing how) {
    return how == standing::pass || how == standing::warn || how == standing::fail;
}

void compare_criteria(const run_summary& before, const run_summary& after, comparison& made) {
    for (const auto& now : after.criteria) {
        const auto then = std::ranges::find(before.criteria, now.id, &criterion::id);
        if (then == before.criteria.end() || !says_something(then->how) ||
            !says_something(now.how) || then->how == now.how) {
            continue;
        }
        const auto text = now.id + ' ' + now.title + ": " + std::string(to_string(then->how)) +
                          ", now " + std::string(to_string(now.how)) +
                          (now.measured.empty() ? "" : " (" + now.measured + ")");
        (now.how == standing::fail     ? made.worse
         : then->how == standing::fail ? made.better
                                       : made.same)
            .push_back(text);
    }
}

}  // namespace

int comparison::exit_status() const noexcept { return !worse.empty() ? 3 : is_conclusive ? 0 : 4; }

comparison compare(const run_summary& before, const run_summary& after) {
    comparison made;
    made.is_conclusive =
        before.overall != standing::inconclusive && after.overall != standing::inconclusive;
    compare_losses(before, after, made);
    compare_criteria(before, after, made);
    compare_durations("exit", before.exit_ms, after.exit_ms, made);
    compare_durations("last response after the signal", before.last_response_ms,
                      after.last_response_ms, made);
    if (before.lanes == after.lanes) {
        compare_durations("latency p99 before the signal", before.latency_p99_ms,
                          after.latency_p99_ms, made);
    } else {
        made.remarks.push_back("the loads differ (" + difference(before.lanes, after.lanes) +
                               "): latencies are not compared, and losses are of other requests");
    }
    if (before.grace_ms != after.grace_ms) {
        made.remarks.push_back("the grace was " + ms_text(before.grace_ms) + ", now " +
                               ms_text(after.grace_ms));
    }
    if (before.sequence != after.sequence) {
        made.remarks.push_back("the sequence was " + before.sequence + ", now " + after.sequence);
    }
    return made;
}

}  // namespace lastcall::drill
