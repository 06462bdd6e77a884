// A.1: what becomes of the signal itself. L01, L03, L05, L06 and L08 come from core/stop_cause.
#include "core/software.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

constexpr int sighup = 1;
constexpr int sigint = 2;
constexpr int sigquit = 3;

/// L02: the handler was there before the signal, and is not any more.
void judge_vanished_handler(const rule_case& one, const seen_process& process, findings& into) {
    const auto* before = one.of.before(process.pid());
    const int signal = one.of.signal;
    if (before == nullptr || !before->catches(signal) || process.catches(signal) ||
        process.ignores(signal) || !process.is_namespace_init()) {
        return;
    }
    into.push_back(
        {.rule = "L02",
         .pid = process.pid(),
         .sure = core::confidence::proven,
         .what = "its handler for " + one.of.signal_name +
                 " took itself out and sent the signal again, which the kernel keeps "
                 "from pid 1: the program itself has no handler",
         .fix = "add a handler for " + one.of.signal_name +
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
                    .what = "as pid 1 it catches " + one.of.signal_name +
                            " by the handler of Node.js itself, which ends nothing there; its "
                            "script names no " +
                            one.of.signal_name,
                    .fix = "`process.on('" + one.of.signal_name +
                           "', …)`, or put an init in front (docker run --init, tini)",
                    .by = {signals_evidence("SigCgt", process.pid(), process.signals.caught),
                           {"NSpid of pid " + std::to_string(process.pid()), "ends in 1"}}});
}

/// L04: ignored since before it was started, as with `nohup` and a shell's `&`.
void judge_inherited(const rule_case& one, const seen_process& process, findings& into) {
    const int signal = one.of.signal;
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
         .what = "it ignores " + one.of.signal_name + " since it was started: " +
                 (is_of_keyboard ? "a shell does so with what it puts into the background (`&`)"
                                 : "`nohup` does so"),
         .fix = is_of_keyboard ? "stop it with SIGTERM, or start it without `&`"
                               : "stop it with SIGTERM, or start it without nohup",
         .by = {signals_evidence("SigIgn", process.pid(), process.signals.ignored)}});
}

/// L07: it waits, and nothing else tells why.
void judge_pending(const rule_case& one, const seen_process& process, findings& into) {
    const auto* before = one.of.before(process.pid());
    const int signal = one.of.signal;
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
         .what = one.of.signal_name + " was sent, and waits to be delivered",
         .fix = "look at what its threads do (state, wchan): none of them takes it",
         .by = {signals_evidence("ShdPnd and SigPnd", process.pid(),
                                 process.signals.pending_shared | process.signals.pending_main),
                state_evidence(process)}});
}

const core::software* software_of(const seen_process& one) {
    if (const auto* found = core::find_software(one.program)) {
        return found;
    }
    // gunicorn is a script of python, and names its process after itself.
    return core::find_software(one.name);
}

/// L10: to this program the signal means something else.
void judge_meaning(const rule_case& one, const seen_process& process, findings& into) {
    const auto* known = software_of(process);
    std::string_view signal = one.of.signal_name;
    signal.remove_prefix(signal.starts_with("SIG") ? 3 : 0);
    if (known == nullptr || known->ends_in_order(signal)) {
        return;
    }
    if (!known->term_option.empty() && signal == "TERM" &&
        process.command.find(known->term_option) != std::string::npos) {
        return;
    }
    const bool is_told = one.of.platform.stop_signal == one.of.signal;
    into.push_back({.rule = "L10",
                    .pid = process.pid(),
                    .how = weight::loses,
                    .sure = is_told ? core::confidence::proven : core::confidence::hint,
                    .what = "on " + one.of.signal_name + " " + std::string(known->name) + " " +
                            std::string(known->other) +
                            (is_told ? "" : "; who stops it with which signal is not known here"),
                    .fix = "stop it with SIG" + std::string(known->best()) +
                           ": STOPSIGNAL, KillSignal= or lifecycle.stopSignal",
                    .by = {{"program of pid " + std::to_string(process.pid()), process.program},
                           {"signal", one.of.signal_name},
                           {"source", std::string(known->source)}}});
}

/// L12: it has not come to its handlers yet.
void judge_startup(const rule_case& one, const seen_process& process, findings& into) {
    constexpr auto young = std::chrono::seconds(2);
    const int signal = one.of.signal;
    if (process.age >= young || !process.is_namespace_init() || process.catches(signal) ||
        process.ignores(signal) || process.reads_signalfd(signal) || process.waits_for(signal) ||
        core::is_shell(process.program)) {
        return;
    }
    into.push_back({.rule = "L12",
                    .pid = process.pid(),
                    .sure = core::confidence::hint,
                    .what = "it was started a moment ago, and has no handler for " +
                            one.of.signal_name + " yet: a signal that comes now is lost",
                    .fix = "set the handlers first thing in main(), before anything slow",
                    .by = {{"age of pid " + std::to_string(process.pid()), "below 2 s"},
                           signals_evidence("SigCgt", process.pid(), process.signals.caught)}});
}

/// L11: somebody on the way ends without passing it on.
void judge_target(const rule_case& one, findings& into) {
    for (std::size_t i = 0; i + 1 < one.route.size(); ++i) {
        const hop& here = one.route[i];
        const auto* process = one.of.find(here.pid);
        if (here.what != verdict::dies || here.is_by_group || one.route[i + 1].is_by_group ||
            process == nullptr || core::is_shell(process->program) ||
            !core::launcher_in(process->command).empty()) {
            continue;
        }
        into.push_back({.rule = "L11",
                        .pid = one.of.service(),
                        .sure = core::confidence::likely,
                        .what = one.of.signal_name + " goes to pid " +
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
        judge_meaning(one, *process, into);
        judge_startup(one, *process, into);
        judge_pending(one, *process, into);
    }
    judge_target(one, into);
}

}  // namespace lastcall::doctor
