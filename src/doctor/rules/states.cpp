// A.3: what the limits of its cgroup do to a stop. L08 and L22 to L31 come from core/stop_cause.
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

bool wants_to_run(const seen_process& one) {
    for (const auto& thread : one.threads.threads) {
        if (thread.state == 'R') {
            return true;
        }
    }
    return false;
}

/// L32: its processor quota is used up most of the time.
void judge_quota(const seen_process& before, const seen_process& now, findings& into) {
    constexpr std::uint64_t periods_at_least = 4;  // of usually 100 ms
    const auto periods = now.group_periods - before.group_periods;
    const auto throttled = now.group_throttled - before.group_throttled;
    if (periods < periods_at_least || throttled * 2 <= periods || !wants_to_run(now)) {
        return;
    }
    into.push_back(
        {.rule = "L32",
         .pid = now.pid(),
         .sure = core::confidence::likely,
         .what = "its cgroup has used up its share of the processor in " +
                 std::to_string(throttled) + " of " + std::to_string(periods) +
                 " periods: what it does at the stop waits, too",
         .fix = "raise the limit (cpu.max, CPUQuota=, limits.cpu), or do less at the "
                "stop",
         .by = {{"cpu.stat between the looks", "nr_throttled +" + std::to_string(throttled) +
                                                   ", nr_periods +" + std::to_string(periods)}}});
}

/// L33: it gets no memory without giving some back first.
void judge_memory(const seen_process& before, const seen_process& now, findings& into) {
    const auto events = now.group_reclaims - before.group_reclaims;
    if (now.group_reclaims <= before.group_reclaims) {
        return;
    }
    into.push_back({.rule = "L33",
                    .pid = now.pid(),
                    .sure = core::confidence::likely,
                    .what = "its cgroup is at its memory limit: what it does at the stop is slowed "
                            "down, or killed for want of memory",
                    .fix = "raise memory.high or memory.max, or drain in smaller pieces",
                    .by = {{"memory.events (of version 1: memory.failcnt) between the looks",
                            "+" + std::to_string(events)}}});
}

}  // namespace

void judge_states(const rule_case& one, findings& into) {
    // One process stands for its cgroup: that of the service.
    const auto* now = one.of.find(one.of.service());
    const auto* before = one.of.before(one.of.service());
    if (now != nullptr && before != nullptr) {
        judge_quota(*before, *now, into);
        judge_memory(*before, *now, into);
    }
}

}  // namespace lastcall::doctor
