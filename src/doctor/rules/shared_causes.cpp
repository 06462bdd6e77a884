// The rules that keeper and drill have, too: core/stop_cause decides, and its words are used.
#include "core/fixed_text.hpp"
#include "doctor/rules/rules.hpp"
#include "sys/process/process_details.hpp"

namespace lastcall::doctor {
namespace {

using core::stop_cause_kind;

constexpr auto too_young = std::chrono::seconds(2);

bool is_state(stop_cause_kind kind) {
    switch (kind) {
        case stop_cause_kind::zombie:
        case stop_cause_kind::zombie_leader:
        case stop_cause_kind::frozen:
        case stop_cause_kind::traced:
        case stop_cause_kind::stopped:
        case stop_cause_kind::core_dump:
        case stop_cause_kind::uninterruptible:
        case stop_cause_kind::kill_pending:
        case stop_cause_kind::exiting:
            return true;
        default:
            return false;
    }
}

/// The thread that sleeps beyond reach; null: none.
const sys::thread_facts* sleeper_in(const seen_process& one) {
    for (const auto& thread : one.threads.threads) {
        if (thread.state == 'D') {
            return &thread;
        }
    }
    return nullptr;
}

/// A short read from a disk, or vfork(2), is in state D for a moment: what is stuck is where it
/// was.
bool is_same_sleep(const seen_process& before, const seen_process& now) {
    const auto* a = sleeper_in(before);
    const auto* b = sleeper_in(now);
    return a != nullptr && b != nullptr && a->id == b->id && a->wchan == b->wchan &&
           a->call == b->call && a->call_arguments == b->call_arguments && a->ticks == b->ticks &&
           b->wchan != "kernel_clone" && b->call_name != "vfork" && b->call_name != "clone";
}

/// For at least half of the time between the looks.
bool has_computed(const seen& of, const seen_process& before, const seen_process& now) {
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(of.between).count();
    const auto used = (now.ticks - before.ticks) * 1000 / sys::ticks_per_second();
    return static_cast<long long>(used) * 2 >= wall;
}

/// The same at both looks.
bool has_lasted(stop_cause_kind kind, const seen& of, const seen_process& now) {
    const auto* before = of.before(now.pid());
    if (before == nullptr) {
        return false;
    }
    switch (kind) {
        case stop_cause_kind::uninterruptible:
            return is_same_sleep(*before, now);
        case stop_cause_kind::kill_pending:
            return before->has_pending(9);
        case stop_cause_kind::exiting:
            return before->entry.is_exiting;
        case stop_cause_kind::zombie:
            return before->entry.is_dead();
        case stop_cause_kind::signalfd_not_read:
            return before->has_pending(of.signal_to(now.pid()));
        case stop_cause_kind::busy:
            return before->entry.state == 'R' && has_computed(of, *before, now);
        default:
            return before->entry.state == now.entry.state || !is_state(kind);
    }
}

weight weight_of(stop_cause_kind kind, bool is_on_route) {
    const bool is_dead = kind == stop_cause_kind::zombie;
    return is_dead && !is_on_route ? weight::remains : weight::blocks;
}

/// Without the system calls a thread in sigwait(3) can not be excluded, for one.
core::confidence sureness_of(core::stop_cause cause, const seen_process& process) {
    if (cause.kind == stop_cause_kind::clients_remain) {
        return core::confidence::hint;  // sockets.cpp says more where what they do is known
    }
    return cause.kind == stop_cause_kind::init_default && !process.threads.has_calls
               ? core::confidence::likely
               : cause.sure;
}

void add_evidence(const rule_case& one, const seen_process& process, stop_cause_kind kind,
                  finding& into) {
    const auto& masks = process.signals;
    const int pid = process.pid();
    switch (kind) {
        case stop_cause_kind::ignored:
            into.by.push_back(signals_evidence("SigIgn", pid, masks.ignored));
            break;
        case stop_cause_kind::blocked:
            into.by.push_back(signals_evidence("SigBlk of all threads", pid, masks.blocked_by_all));
            break;
        case stop_cause_kind::signalfd_not_read:
            into.by.push_back(signals_evidence("sigmask of its signalfd", pid, process.signalfds));
            into.by.push_back(signals_evidence("ShdPnd", pid, masks.pending_shared));
            break;
        case stop_cause_kind::kill_pending:
            into.by.push_back(signals_evidence("ShdPnd and SigPnd", pid,
                                               masks.pending_shared | masks.pending_main));
            into.by.push_back(state_evidence(process));
            break;
        case stop_cause_kind::init_default:
        case stop_cause_kind::decoy_handler:
        case stop_cause_kind::should_have_ended:
        case stop_cause_kind::shell_in_front:
            into.by.push_back(signals_evidence("SigCgt", pid, masks.caught));
            if (process.is_namespace_init()) {
                into.by.push_back({"NSpid of pid " + std::to_string(pid), "ends in 1"});
            }
            break;
        default:
            into.by.push_back(state_evidence(process));
            break;
    }
    const auto* sleeper =
        kind == stop_cause_kind::uninterruptible ? sleeper_in(process)
        : kind == stop_cause_kind::slow_handler && !process.threads.threads.empty()
            ? &process.threads.threads.front()
            : nullptr;
    const auto* open =
        sleeper == nullptr ? nullptr : process.descriptors.find(sleeper->first_argument);
    if (open != nullptr && open->kind != sys::descriptor_kind::epoll) {  // which says nothing
        into.by.push_back({"descriptor " + std::to_string(open->number), open->target});
    }
    if (const auto* place = one.of.script_of(pid)) {
        into.by.push_back(script_evidence(*place));
    }
}

/// L09: which file it is stands in the evidence.
void tell_lock(const seen_process& process, finding& into) {
    const auto holder = "pid " + std::to_string(process.lock_holder);
    into.what += ": the lock is held by " + holder + " `" + process.lock_holder_command + "`";
    into.fix = "look what " + holder + " does, and give the wait for the lock a limit";
    into.by.push_back(
        {"/proc/locks", holder + " has it, pid " + std::to_string(process.pid()) + " waits"});
}

/// The dead children of its parent at both looks, it among them.
std::vector<int> dead_beside(const seen& of, const seen_process& process) {
    std::vector<int> made;
    for (const auto* each : of.children_of(process.entry.ppid)) {
        const auto* before = of.before(each->pid());
        if (each->entry.is_dead() && before != nullptr && before->entry.is_dead() &&
            !of.is_on_route(each->pid())) {
            made.push_back(each->pid());
        }
    }
    return made;
}

/// L28: a parent that reaps none may have left thousands.
void tell_dead(const core::stop_facts& facts, const std::vector<int>& all, finding& into) {
    into.what = std::to_string(all.size()) + " children of `" + std::string(facts.parent_command) +
                "` are dead, and it does not reap them";
    into.by.push_back({"the last of them", "pid " + std::to_string(all.back())});
}

/// L11: the doctor knows that it is older than the signal, and not exiting.
void tell_untouched(const core::stop_facts& facts, finding& into) {
    into.rule = "L11";
    into.what = std::string(facts.stop_signal) +
                " ends it by default, and it is still there: the signal has not come to it";
    into.fix =
        "look who was signalled: the id in a pid file, a shell or launcher in front, a "
        "process of the same name";
}

core::stop_cause cause_of(const rule_case& one, const seen_process& process) {
    const bool is_reached = one.is_reached(process.pid());
    const auto facts = facts_of(one.of, process, is_reached);
    if (const auto state = core::why_it_can_not_run(facts);
        state.kind != stop_cause_kind::unknown) {
        return state;
    }
    if (!one.of.is_on_route(process.pid()) || !is_reached) {
        return {};
    }
    return one.of.is_stopping() ? core::why_not_stopped(facts) : core::what_will_fail(facts);
}

/// What others tell better, or what is no fault.
bool is_left_out(const rule_case& one, const seen_process& process, core::stop_cause cause) {
    const auto* hop = one.hop_of(process.pid());
    const bool is_last = process.pid() == one.of.service();
    switch (cause.kind) {
        case stop_cause_kind::unknown:
        case stop_cause_kind::no_handler:
            return true;
        case stop_cause_kind::should_have_ended:  // of a younger one restarts.cpp says more
            return one.of.since.value_or(too_young) < too_young || process.age <= one.of.since;
        case stop_cause_kind::shell_in_front:
        case stop_cause_kind::launcher_in_front:
            // Who is behind it gets the signal, too.
            return hop != nullptr && hop->is_by_group &&
                   !process.ignores(one.of.signal_to(process.pid()));
        case stop_cause_kind::init_default:
            return process.age < too_young;
        case stop_cause_kind::decoy_handler:
            return process.names_signal;
        case stop_cause_kind::still_listening:  // sockets.cpp
            return true;
        case stop_cause_kind::clients_remain:
        case stop_cause_kind::peers_remain:
        case stop_cause_kind::waits_for_child:
        case stop_cause_kind::busy:  // threads.cpp says more where connections wait for it
        case stop_cause_kind::slow_handler:
            return !is_last || one.of.since.value_or(too_young) < too_young;
        default:
            return false;
    }
}

}  // namespace

void judge_shared_causes(const rule_case& one, findings& into) {
    for (const auto& [pid, process] : one.of.second.processes) {
        const auto cause = cause_of(one, process);
        if (is_left_out(one, process, cause) || !has_lasted(cause.kind, one.of, process)) {
            continue;
        }
        const auto facts = facts_of(one.of, process, one.is_reached(pid));
        core::fixed_text<1000> what;
        core::fixed_text<1000> fix;
        core::write_cause(cause, facts, what);
        core::write_fix(cause, facts, fix);
        finding made{.rule = core::rule_of(cause, facts),
                     .pid = pid,
                     .thread = cause.kind == stop_cause_kind::slow_handler ? pid : 0,
                     .how = weight_of(cause.kind, one.of.is_on_route(pid)),
                     .sure = sureness_of(cause, process),
                     .what = std::string(what.view()),
                     .fix = std::string(fix.view()),
                     .by = {}};
        add_evidence(one, process, cause.kind, made);
        if (cause.kind == stop_cause_kind::slow_handler && process.lock_holder != 0) {
            tell_lock(process, made);
        }
        if (cause.kind == stop_cause_kind::should_have_ended) {
            tell_untouched(facts, made);
        }
        if (cause.kind == stop_cause_kind::zombie) {
            const auto dead = dead_beside(one.of, process);
            if (!dead.empty() && dead.front() != pid) {
                continue;  // it was told with the first
            }
            if (dead.size() > 1) {
                tell_dead(facts, dead, made);
            }
        }
        into.push_back(std::move(made));
    }
}

}  // namespace lastcall::doctor
