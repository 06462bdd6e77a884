// A.1: what becomes of the signal itself. L01, L03, L05, L06 and L08 come from core/stop_cause.
#include <algorithm>

#include "doctor/rules/rules.hpp"
#include "sys/signal/default_action.hpp"

namespace lastcall::doctor {
namespace {

constexpr int sighup = 1;
constexpr int sigint = 2;
constexpr int sigquit = 3;
constexpr int sigkill = 9;

/// L02: the handler was there before the signal, and is not any more.
void judge_vanished_handler(const rule_case& one, const seen_process& process, findings& into) {
    const auto* before = one.of.before(process.pid());
    const int signal = one.of.signal_to(process.pid());
    if (before == nullptr || !before->catches(signal) || process.catches(signal) ||
        process.ignores(signal) || !process.is_namespace_init()) {
        return;
    }
    into.push_back(
        {.rule = "L02",
         .pid = process.pid(),
         .sure = core::confidence::proven,
         .what = "its handler for " + one.of.signal_name_to(process.pid()) +
                 " took itself out and sent the signal again, which the kernel keeps "
                 "from pid 1: the program itself has no handler",
         .fix = "add a handler for " + one.of.signal_name_to(process.pid()) +
                " to the program, or put an init in front (docker run --init, tini)",
         .by = {signals_evidence("SigCgt, first look", process.pid(), before->signals.caught),
                signals_evidence("SigCgt, second look", process.pid(), process.signals.caught)}});
}

/// L02: only a stop proves it; the script of the program has no handler.
void judge_decoy(const rule_case& one, const seen_process& process, findings& into) {
    if (one.hop_of(process.pid())->what != verdict::decoy) {
        return;
    }
    into.push_back({.rule = "L02",
                    .pid = process.pid(),
                    .sure = core::confidence::likely,
                    .what = "as pid 1 it catches " + one.of.signal_name_to(process.pid()) +
                            " by the handler of Node.js itself, which ends nothing there; its "
                            "script names no " +
                            one.of.signal_name_to(process.pid()),
                    .fix = "`process.on('" + one.of.signal_name_to(process.pid()) +
                           "', …)`, or put an init in front (docker run --init, tini)",
                    .by = {signals_evidence("SigCgt", process.pid(), process.signals.caught),
                           {"NSpid of pid " + std::to_string(process.pid()), "ends in 1"}}});
}

/// L03: nobody has to ignore SIGWINCH, which does nothing to who has no handler for it.
void judge_harmless(const rule_case& one, const seen_process& process, findings& into) {
    const int signal = one.of.signal_to(process.pid());
    const auto action = sys::default_action_of(signal);
    if (action == sys::default_action::ends || process.is_namespace_init() ||
        process.catches(signal) || process.ignores(signal) || process.blocks(signal) ||
        process.reads_signalfd(signal) || process.waits_for(signal) ||
        process.may_take_unseen(signal)) {
        return;
    }
    const auto& name = one.of.signal_name_to(process.pid());
    into.push_back(
        {.rule = "L03",
         .pid = process.pid(),
         .sure = core::confidence::proven,
         .what = "it has no handler for " + name + ", and by default that " +
                 (action == sys::default_action::stops ? "only halts it" : "does nothing"),
         .fix = "stop it with SIGTERM: an image that it is based on may have set " + name +
                " for another program (STOPSIGNAL)",
         .by = {signals_evidence("SigCgt", process.pid(), process.signals.caught),
                {"default action of " + name, "signal(7)"}}});
}

/// L10: it is stopped by a signal that nobody can take.
void judge_kill(const rule_case& one, const seen_process& process, findings& into) {
    if (one.of.signal_to(process.pid()) != sigkill) {
        return;
    }
    into.push_back({.rule = "L10",
                    .pid = process.pid(),
                    .how = weight::loses,
                    .sure = core::confidence::proven,
                    .what = "SIGKILL ends it at once, and what is in flight is lost: no handler "
                            "can take it",
                    .fix = "stop it with SIGTERM, or the signal that the program documents, and "
                           "leave SIGKILL to the end of the grace period",
                    .by = {{"signal", "SIGKILL"}}});
}

/// L04: ignored since before it was started, as with `nohup` and a shell's `&`.
void judge_inherited(const rule_case& one, const seen_process& process, findings& into) {
    const int signal = one.of.signal_to(process.pid());
    const bool is_of_keyboard = signal == sigint || signal == sigquit;
    const bool is_pattern =
        is_of_keyboard ? process.ignores(sigint) && process.ignores(sigquit) : signal == sighup;
    if (!process.ignores(signal) || !is_pattern) {
        return;
    }
    const bool is_shell_above =
        !process.parent_command.empty() &&
        core::is_shell(process.parent_command.substr(0, process.parent_command.find(' ')));
    into.push_back(
        {.rule = "L04",
         .pid = process.pid(),
         .sure = is_shell_above ? core::confidence::likely : core::confidence::hint,
         .what = "it ignores " + one.of.signal_name_to(process.pid()) + " since it was started: " +
                 (is_of_keyboard ? "a shell does so with what it puts into the background (`&`)"
                                 : "`nohup` does so"),
         .fix = is_of_keyboard ? "stop it with SIGTERM, or start it without `&`"
                               : "stop it with SIGTERM, or start it without nohup",
         .by = {signals_evidence("SigIgn", process.pid(), process.signals.ignored)}});
}

/// L07: it waits, and nothing else tells why.
void judge_pending(const rule_case& one, const seen_process& process, findings& into) {
    const auto* before = one.of.before(process.pid());
    const int signal = one.of.signal_to(process.pid());
    if (before == nullptr || !before->has_pending(signal) || !process.has_pending(signal)) {
        return;
    }
    for (const finding& each : into) {
        if (each.pid == process.pid()) {
            return;
        }
    }
    into.push_back(
        {.rule = "L07",
         .pid = process.pid(),
         .sure = core::confidence::proven,
         .what = one.of.signal_name_to(process.pid()) + " was sent, and waits to be delivered",
         .fix = "look at what its threads do (state, wchan): none of them takes it",
         .by = {signals_evidence("ShdPnd and SigPnd", process.pid(),
                                 process.signals.pending_shared | process.signals.pending_main),
                state_evidence(process)}});
}

/// On the route, or above it where nobody else is known to stop it.
const supervised* supervisor_that_sends(const seen& of, const seen_process& process) {
    if (const auto* by = of.supervision_of(process.pid())) {
        return by;
    }
    const auto found =
        std::find_if(of.supervisions.begin(), of.supervisions.end(), [&](const supervised& each) {
            return each.program == of.entry() && each.signal == of.signal &&
                   of.platform.stop_signal == 0;
        });
    return found == of.supervisions.end() ? nullptr : &*found;
}

/// L10: to this program the signal means something else.
void judge_meaning(const rule_case& one, const seen_process& process, findings& into) {
    if (!takes_it_otherwise(one.of, process)) {
        return;
    }
    const auto* known = software_of(process);
    const auto& name = one.of.signal_name_to(process.pid());
    const auto* by = supervisor_that_sends(one.of, process);
    const bool is_told =
        by != nullptr ? by->is_known : one.of.platform.stop_signal == one.of.signal;
    finding made{.rule = "L10",
                 .pid = process.pid(),
                 .how = weight::loses,
                 .sure = is_told ? core::confidence::proven : core::confidence::hint,
                 .what = "on " + name + " " + std::string(known->name) + " " +
                         std::string(known->other) +
                         (is_told ? "" : "; who stops it with which signal is not known here"),
                 .fix = "stop it with SIG" + std::string(known->best()) + ": " +
                        (by != nullptr ? "the signal of " + by->name
                                       : "STOPSIGNAL, KillSignal= or lifecycle.stopSignal"),
                 .by = {{"program of pid " + std::to_string(process.pid()), process.program},
                        {"signal", name},
                        {"source", std::string(known->source)}}};
    if (by != nullptr) {
        made.by.push_back({by->signal_source, by->signal_name});
    }
    into.push_back(std::move(made));
}

/// L12: it has not come to its handlers yet.
void judge_startup(const rule_case& one, const seen_process& process, findings& into) {
    constexpr auto young = std::chrono::seconds(2);
    const int signal = one.of.signal_to(process.pid());
    if (process.age >= young || !process.is_namespace_init() || process.catches(signal) ||
        process.ignores(signal) || process.reads_signalfd(signal) || process.waits_for(signal) ||
        core::is_shell(process.program)) {
        return;
    }
    into.push_back({.rule = "L12",
                    .pid = process.pid(),
                    .sure = core::confidence::hint,
                    .what = "it was started a moment ago, and has no handler for " +
                            one.of.signal_name_to(process.pid()) +
                            " yet: a signal that comes now is lost",
                    .fix = "set the handlers first thing in main(), before anything slow",
                    .by = {{"age of pid " + std::to_string(process.pid()), "below 2 s"},
                           signals_evidence("SigCgt", process.pid(), process.signals.caught)}});
}

/// L11: somebody on the way ends without passing it on.
void judge_target(const rule_case& one, findings& into) {
    if (one.of.find(one.of.service()) == nullptr) {
        return;  // it has ended meanwhile
    }
    for (std::size_t i = 0; i + 1 < one.route.size(); ++i) {
        const hop& here = one.route[i];
        const auto* process = one.of.find(here.pid);
        if (here.what != verdict::dies || here.is_by_group || one.route[i + 1].is_by_group ||
            process == nullptr || core::is_shell(process->program) ||
            takes_it_otherwise(one.of, *process) || !core::launcher_in(process->command).empty()) {
            continue;
        }
        into.push_back({.rule = "L11",
                        .pid = one.of.service(),
                        .sure = core::confidence::likely,
                        .what = one.of.signal_name_to(here.pid) + " goes to pid " +
                                std::to_string(one.of.entry()) + "; pid " +
                                std::to_string(here.pid) + " `" + here.command +
                                "` ends by it without telling pid " +
                                std::to_string(one.of.service()) + ", which does the work",
                        .fix = "let the program become the one that is started (exec), pass the "
                               "signal on, or signal the whole group (KillMode=control-group)",
                        .by = {signals_evidence("SigCgt", here.pid, process->signals.caught)}});
        return;
    }
}

/// L13: whoever looks may not signal it, and nobody else is known to.
void judge_permission(const rule_case& one, const seen_process& process, findings& into) {
    if (process.pid() != one.of.entry() || process.may_be_signalled ||
        one.of.platform.kind != platform_kind::none) {
        return;
    }
    into.push_back({.rule = "L13",
                    .pid = process.pid(),
                    .sure = core::confidence::hint,
                    .what = "you may not signal it: it runs as uid " + std::to_string(process.uid),
                    .fix = "stop it as that user, or as root",
                    .by = {{"kill(" + std::to_string(process.pid()) + ", 0)", "EPERM"}}});
}

}  // namespace

void judge_signals(const rule_case& one, findings& into) {
    for (const int pid : one.of.route) {
        const auto* process = one.of.find(pid);
        if (process == nullptr || process->entry.is_dead()) {
            continue;
        }
        judge_permission(one, *process, into);
        if (!one.is_reached(pid)) {
            continue;
        }
        judge_vanished_handler(one, *process, into);
        judge_decoy(one, *process, into);
        judge_inherited(one, *process, into);
        judge_harmless(one, *process, into);
        judge_kill(one, *process, into);
        judge_meaning(one, *process, into);
        judge_startup(one, *process, into);
        judge_pending(one, *process, into);
    }
    judge_target(one, into);
}

}  // namespace lastcall::doctor
