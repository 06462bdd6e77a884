// Who is inside takes longer than who is outside waits: L53, and L21 where a supervisor is one of
// the two.
#include <algorithm>

#include <lastcall/duration.hpp>

#include "doctor/rules/budget.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::nanoseconds;

std::string fix_of(const budget_link& inner, const budget_link& outer) {
    const std::string raise = outer.setting.empty() ? outer.source : outer.setting;
    if (inner.time == nanoseconds::max()) {
        return "give " + inner.who + " a limit below " + budget_text(outer.time) +
               ", or let its clients leave before";
    }
    if (outer.kind == link_kind::supervisor && outer.setting.empty()) {
        return "start " + inner.who + " without " + outer.who + ", whose time cannot be set";
    }
    if (inner.kind == link_kind::connections) {
        return "close connections that are idle when the stop begins, and answer the others with "
               "`Connection: close`; and raise " +
               raise + " above what is left";
    }
    return "raise " + raise + " above " + budget_text(inner.time) + ", or lower " + inner.source;
}

std::string need_of(const budget_link& inner) {
    if (inner.time == nanoseconds::max()) {
        return inner.who + " waits without end for its requests, and has some in flight";
    }
    switch (inner.kind) {
        case link_kind::supervisor:
            return inner.who + " gives its program " + budget_text(inner.time);
        case link_kind::connections:
            return "a stop may wait for " + inner.who + " of clients, each of which is kept for " +
                   budget_text(inner.time) + " without a request";
        default:
            return inner.who + " may take " + budget_text(inner.time) + " to stop";
    }
}

void judge_link(const std::vector<budget_link>& chain, std::size_t i, findings& into) {
    const auto& outer = chain[i];
    const auto& inner = chain[outer.inner];
    const bool is_of_supervisor =
        inner.kind == link_kind::supervisor || outer.kind == link_kind::supervisor;
    finding made{
        .rule = is_of_supervisor ? "L21" : "L53",
        .pid = inner.pid,
        .how = weight::loses,
        .sure = outer.sure,
        .what = need_of(inner) + ", and " + outer.who +
                (outer.kind == link_kind::stopper ? " gives up after " : " kills it after ") +
                budget_text(outer.time),
        .fix = fix_of(inner, outer),
        .by = {}};
    for (std::size_t at = outer.inner; at <= i; ++at) {
        if (chain[at].time) {
            made.by.push_back({chain[at].source, budget_text(chain[at].time)});
        }
    }
    into.push_back(std::move(made));
}

/// L21: it stops the groups of its programs one after another, and each may take its whole time.
void judge_groups(const rule_case& one, const supervised& of, findings& into) {
    const auto& platform = one.of.platform;
    if (of.groups < 2 || of.is_default || !of.is_known || !platform.grace || !of.wait ||
        *of.wait >= *platform.grace || of.all <= *platform.grace) {
        return;
    }
    into.push_back({.rule = "L21",
                    .pid = of.supervisor,
                    .how = weight::loses,
                    .sure = core::confidence::hint,
                    .what = of.name + " stops its " + std::to_string(of.groups) +
                            " programs one after another, which may take " + to_text(of.all) +
                            ", and " + platform.name + " kills it after " +
                            budget_text(platform.grace),
                    .fix = "raise " + platform.grace_setting + " above " + to_text(of.all) +
                           ", or lower " + of.setting,
                    .by = {{of.source, budget_text(of.wait)},
                           {platform.grace_source, budget_text(platform.grace)}}});
}

}  // namespace

void judge_times(const rule_case& one, findings& into) {
    const auto chain = make_budget(one.of);
    for (std::size_t i = 1; i < chain.size(); ++i) {
        if (chain[i].is_broken) {
            judge_link(chain, i, into);
        }
    }
    if (into.end() == std::find_if(into.begin(), into.end(),
                                   [](const finding& each) { return each.rule == "L21"; })) {
        for (const supervised& each : one.of.supervisions) {
            judge_groups(one, each, into);
        }
    }
}

}  // namespace lastcall::doctor
