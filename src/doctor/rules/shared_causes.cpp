// The rules that keeper and drill have, too: core/stop_cause decides, and its words are used.
#include "core/fixed_text.hpp"
#include "doctor/rules/rules.hpp"
#include "sys/process/process_details.hpp"
#include "sys/socket/socket_table.hpp"

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
    const auto* sleeper = kind == stop_cause_kind::uninterruptible ? sleeper_in(process) : nullptr;
    const auto* open =
        sleeper == nullptr ? nullptr : process.descriptors.find(sleeper->first_argument);
    if (open != nullptr) {
        into.by.push_back({"descriptor " + std::to_string(open->number), open->target});
    }
    if (const auto* place = one.of.script_of(pid)) {
        into.by.push_back(script_evidence(*place));
    }
}

/// L11: the doctor knows that it is older than the signal, and not exiting.
void tell_untouched(const core::stop_facts& facts, finding& into) {
    into.rule = "L11";
    into.what = std::string(facts.stop_signal) +
                " ends it by default, and it is still there: the signal has not come to it";
    into.fix = "look who was signalled: the id in a pid file, a shell or launcher in front, a "
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

core::stop_facts facts_of(const seen& of, const seen_process& one, bool is_reached) {
    const int signal = of.signal_to(one.pid());
    core::stop_facts facts;
    facts.pid = one.pid();
    facts.command = one.command;
    facts.program = one.program;
    facts.state = one.entry.state;
    facts.is_dead = one.entry.is_dead();
    facts.is_exiting = one.entry.is_exiting;
    facts.is_frozen = one.is_frozen;
    facts.is_frozen_v1 = one.is_frozen_v1;
    facts.dumps_core = one.dumps_core;
    facts.tracer = one.tracer;
    facts.tracer_name = one.tracer_command;
    facts.wchan = one.wchan;
    facts.system_call = one.call_name;
    facts.sleeps_in_kernel = one.sleeping_thread != 0;
    facts.stop_signal = of.signal_name_to(one.pid());
    const bool is_taken = one.reads_signalfd(signal) || one.waits_for(signal);
    facts.on_stop = one.ignores(signal)               ? core::disposition::ignored
                    : one.catches(signal) || is_taken ? core::disposition::caught
                                                      : core::disposition::by_default;
    facts.is_blocked =
        !one.waits_for(signal) && seen_process::has(one.signals.blocked_by_all, signal);
    if (one.may_take_unseen(signal)) {
        facts.on_stop = core::disposition::unknown;
        facts.is_blocked = false;
    }
    facts.is_pending = one.has_pending(signal);
    facts.reads_signalfd = one.reads_signalfd(signal);
    facts.kill_is_pending = one.has_pending(9);
    facts.is_namespace_init = one.is_namespace_init();
    facts.was_signalled = is_reached;
    facts.parent_command = one.parent_command;
    if (const auto* parent = of.find(one.entry.ppid)) {
        facts.parent_is_shell = core::is_shell(parent->program);
        facts.parent_handles = parent->catches(of.signal_to(parent->pid()));
    }
    const auto children = of.children_of(one.pid());
    facts.children = children.size();
    const auto* child = of.find(of.hop_behind(one.pid()));
    child = child == nullptr && !children.empty() ? children.front() : child;
    // What a launcher is there for may be behind a shell of its own, and `( … )` is a copy of the
    // shell.
    const bool is_copy = child != nullptr && child->arguments == one.arguments;
    const bool is_behind = is_copy || !core::launcher_in(one.command).empty();
    const auto* work = is_behind ? of.find(of.service()) : child;
    if (child != nullptr) {
        facts.child_command = work == nullptr || work == &one ? child->command : work->command;
        facts.child_is_blocked = child->blocks(of.signal_to(child->pid()));
        facts.child_on_stop =
            child->ignores(of.signal_to(child->pid()))   ? core::disposition::ignored
            : child->catches(of.signal_to(child->pid())) ? core::disposition::caught
                                                         : core::disposition::by_default;
        facts.child_stands = place_of_child(of, one, *child);
        if (const auto* front = other_in_front(of, one, *child)) {
            facts.front_command = front->command;
        }
    }
    for (const auto* socket : of.sockets_of(one.pid())) {
        // What was handed in goes on listening for who comes after it.
        facts.listening += socket->listens() && !one.is_given_sockets ? 1U : 0U;
        const bool is_connected = socket->line.is(sys::tcp_states::established);
        // Of two ports that kernels have chosen neither tells who has called whom.
        const bool is_told =
            socket->is_client || socket->line.peer_port < sys::first_ephemeral_port;
        facts.connected += is_connected && is_told ? 1U : 0U;
        facts.clients += is_connected && socket->is_client ? 1U : 0U;
    }
    return facts;
}

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
        if (cause.kind == stop_cause_kind::should_have_ended) {
            tell_untouched(facts, made);
        }
        into.push_back(std::move(made));
    }
}

}  // namespace lastcall::doctor
