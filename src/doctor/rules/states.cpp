// A.3: a fork that hangs, and what the limits of its cgroup do to a stop. L08 and the others of L22
// to L31 come from core/stop_cause.
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

/// L34: whatever has to be started for the stop cannot be.
void judge_tasks(const seen_process& before, const seen_process& now, findings& into) {
    const auto refused = now.group_forks_refused - before.group_forks_refused;
    const bool is_refused = now.group_forks_refused > before.group_forks_refused;
    const bool is_full = now.group_tasks_limit > 0 && before.group_tasks_limit > 0;
    if (!is_refused && !is_full) {
        return;
    }
    finding made{.rule = "L34",
                 .pid = now.pid(),
                 .how = weight::loses,
                 .sure = is_refused && is_full ? core::confidence::proven
                         : is_refused          ? core::confidence::likely
                                               : core::confidence::hint,
                 .what =
                     "its cgroup is at its limit of processes and threads: no ExecStop=, "
                     "preStop hook or command of a trap can be started",
                 .fix =
                     "raise the limit (pids.max, TasksMax=, --pids-limit), or find who starts "
                     "so many",
                 .by = {}};
    if (is_full) {
        made.by.push_back({"pids.current and pids.max", std::to_string(now.group_tasks) + " of " +
                                                            std::to_string(now.group_tasks_limit)});
    }
    if (is_refused) {
        made.by.push_back({"pids.events between the looks", "max +" + std::to_string(refused)});
    }
    into.push_back(std::move(made));
}

/// The thread that waits in vfork(2) until its child runs another program; null: none.
const sys::thread_facts* forking_thread(const seen_process& one) {
    for (const auto& thread : one.threads.threads) {
        if (thread.state == 'D' && (thread.call_name == "vfork" || thread.call_name == "clone" ||
                                    thread.wchan == "kernel_clone")) {
            return &thread;
        }
    }
    return nullptr;
}

/// L27: the child of a vfork(2) does not come to its program.
void judge_vfork(const rule_case& one, const seen_process& now, findings& into) {
    const auto* before = one.of.before(now.pid());
    const auto* thread = forking_thread(now);
    const auto* was = before == nullptr ? nullptr : forking_thread(*before);
    if (thread == nullptr || was == nullptr || was->id != thread->id) {
        return;
    }
    for (const auto* child : one.of.children_of(now.pid())) {
        // Until then it is the same program, in the same memory.
        if (child->arguments != now.arguments || one.of.before(child->pid()) == nullptr ||
            child->entry.is_dead()) {
            continue;
        }
        into.push_back({.rule = "L27",
                        .pid = now.pid(),
                        .sure = core::confidence::proven,
                        .what = "it sleeps until its child, pid " + std::to_string(child->pid()) +
                                ", runs a program or ends; no signal but SIGKILL gets through",
                        .fix = "look at what pid " + std::to_string(child->pid()) +
                               " waits for, and end that one",
                        .by = {state_evidence(now), state_evidence(*child)}});
        return;
    }
}

}  // namespace

void judge_states(const rule_case& one, findings& into) {
    for (const auto& [pid, process] : one.of.second.processes) {
        judge_vfork(one, process, into);
    }
    // One process stands for its cgroup: that of the service.
    const auto* now = one.of.find(one.of.service());
    const auto* before = one.of.before(one.of.service());
    if (now != nullptr && before != nullptr) {
        judge_quota(*before, *now, into);
        judge_memory(*before, *now, into);
        judge_tasks(*before, *now, into);
    }
}

}  // namespace lastcall::doctor
