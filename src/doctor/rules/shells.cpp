// A.2: shells and inits in front. L14 to L16 and L19 come from core/stop_cause; L17 is their
// evidence.
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

const sys::descriptor* pipe_at(const seen_process& one, int number) {
    const auto* found = one.descriptors.find(number);
    return found != nullptr && found->kind == sys::descriptor_kind::pipe ? found : nullptr;
}

/// `{ …; }` and `while …` in a pipeline run in a copy of the shell.
std::string part_of_pipeline(const seen_process& shell, const seen_process& child) {
    return child.arguments == shell.arguments ? "…" : child.command;
}

/// L18: the shell waits for `server | tee log`.
void judge_pipeline(const rule_case& one, const seen_process& shell, findings& into) {
    const auto* hop = one.hop_of(shell.pid());
    if (hop->is_by_group || (hop->what != verdict::dies && !hop->is_broken())) {
        return;
    }
    const auto children = one.of.children_of(shell.pid());
    for (const auto* writer : children) {
        const auto* out = pipe_at(*writer, 1);
        for (const auto* reader : children) {
            const auto* in = pipe_at(*reader, 0);
            if (out == nullptr || in == nullptr || out->inode != in->inode || writer == reader) {
                continue;
            }
            const auto from = part_of_pipeline(shell, *writer);
            const auto to = part_of_pipeline(shell, *reader);
            finding made{
                .rule = "L18",
                .pid = shell.pid(),
                .sure = core::confidence::likely,
                .what = "the shell waits for the pipeline `" + from + " | " + to +
                        "`: " + one.of.signal_name_to(shell.pid()) +
                        " to the shell comes to neither of them",
                .fix = "write `exec " + from + " > >(" + to +
                       ")` in bash, or leave the output to the platform",
                .by = {{"descriptor 1 of pid " + std::to_string(writer->pid()), out->target},
                       {"descriptor 0 of pid " + std::to_string(reader->pid()), in->target}}};
            if (const auto* place = one.of.script_of(shell.pid())) {
                made.by.push_back(script_evidence(*place));
            }
            into.push_back(std::move(made));
            return;
        }
    }
}

/// L16: none of several could replace the shell, so core/stop_cause has nothing to say of it.
void judge_several(const rule_case& one, const seen_process& shell, findings& into) {
    const auto* hop = one.hop_of(shell.pid());
    const auto* behind = one.of.find(one.of.hop_behind(shell.pid()));
    const auto children = one.of.children_of(shell.pid());
    if (hop->is_by_group || hop->what != verdict::dies || behind == nullptr ||
        children.size() < 2) {
        return;
    }
    finding made{.rule = "L16",
                 .pid = shell.pid(),
                 .sure = core::confidence::likely,
                 .what = "the shell ends by " + one.of.signal_name_to(shell.pid()) +
                         " without telling its children, `" + behind->command + "` among them",
                 .fix =
                     "pass it on: `trap 'kill $(jobs -p)' TERM` before the `wait`, and a second "
                     "`wait` behind it; or signal the whole group (tini -g, "
                     "KillMode=control-group)",
                 .by = {signals_evidence("SigCgt", shell.pid(), shell.signals.caught)}};
    if (const auto* place = one.of.script_of(shell.pid())) {
        made.by.push_back(script_evidence(*place));
    }
    into.push_back(std::move(made));
}

/// L20: an init that signals its child only, and that is a shell.
void judge_init(const rule_case& one, const seen_process& init, findings& into) {
    const auto* child = one.of.find(one.of.hop_behind(init.pid()));
    const auto* behind = child == nullptr ? nullptr : one.hop_of(child->pid());
    // lastcall-init walks the tree itself.
    if (child == nullptr || init.program == "lastcall-init" || forwards_to_group(init) ||
        !core::is_shell(child->program) || behind->what != verdict::dies || behind->is_by_group ||
        one.of.hop_behind(child->pid()) == 0) {
        return;
    }
    const std::string option = init.program == "dumb-init" ? "without --single-child" : "with -g";
    into.push_back({.rule = "L20",
                    .pid = child->pid(),
                    .sure = core::confidence::likely,
                    .what = init.program + " passes " + one.of.signal_name_to(init.pid()) +
                            " to the shell only, which ends by it; what the shell has started "
                            "goes on",
                    .fix = "start " + init.program + " " + option +
                           ", or the program without the shell (exec)",
                    .by = {{"command of pid " + std::to_string(init.pid()), init.command},
                           signals_evidence("SigCgt", child->pid(), child->signals.caught)}});
}

}  // namespace

void judge_shells(const rule_case& one, findings& into) {
    for (const int pid : one.of.route) {
        const auto* process = one.of.find(pid);
        if (process == nullptr || !one.is_reached(pid)) {
            continue;
        }
        if (core::is_shell(process->program)) {
            judge_pipeline(one, *process, into);
            judge_several(one, *process, into);
        } else if (core::is_init(process->program)) {
            judge_init(one, *process, into);
        }
    }
}

}  // namespace lastcall::doctor
