// One process as core/stop_cause takes it.
#include "doctor/rules/rules.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::doctor {

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
        } else if (child->program == "sleep") {
            facts.front_command = child->command;
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

}  // namespace lastcall::doctor
