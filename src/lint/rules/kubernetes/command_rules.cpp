// What a container starts, and the signal that it is stopped with: K12, K13.
#include <algorithm>

#include "core/software.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"
#include "lint/rules/shell/exec_insert.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

/// Null: the shell is gone when the program runs, or an init in front reaches past it.
const launch_hop* inline_shell(const container_case& one) {
    for (const launch_hop& hop : one.chain.hops) {
        if (has_group_init(hop)) {
            return nullptr;
        }
        if (hop.is_inline && staying_end(hop, one.known) != nullptr) {
            return &hop;
        }
    }
    return nullptr;
}

std::string wrong_signal(const container_case& one, std::string_view text,
                         std::string_view& source) {
    const auto name = shell::signal_name(text);
    if (!name || (shell::signal_number(*name) == 0 && !name->starts_with("RT"))) {
        return "\"" + std::string(text) + "\" is no signal";
    }
    if (*name == "KILL" || *name == "STOP") {
        return "no program can do anything on SIG" + std::string(*name);
    }
    const auto* hop = one.chain.program();
    const auto* software = hop == nullptr ? nullptr : core::find_software(hop->call.name);
    if (software == nullptr || software->ends_in_order(*name)) {
        return {};
    }
    const bool is_term_set =
        *name == "TERM" && !software->term_option.empty() &&
        std::any_of(hop->words.begin(), hop->words.end(),
                    [&](const launch_word& word) { return word.what.is(software->term_option); });
    if (is_term_set) {
        return {};
    }
    source = software->source;
    return "on SIG" + std::string(*name) + " " + std::string(software->name) + " " +
           std::string(software->other);
}

}  // namespace

void check_shell_in_command(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        const bool runs_to_its_end = one.is_init && !one.is_native;
        const auto* hop = runs_to_its_end ? nullptr : inline_shell(one);
        if (hop == nullptr) {
            continue;
        }
        const auto* end = staying_end(*hop, one.known);
        auto& made = given.report().add("K12", hop->script->parsed().at(end->what->where),
                                        "the shell stays in front of \"" + words_of(*end->what) +
                                            "\" and does not pass the stop signal on");
        const bool is_pipeline = end->kind == end_kind::pipeline;
        made.fix = is_pipeline ? "exec " + words_of(*end->what) + ", without the pipeline"
                               : "exec in front of \"" + words_of(*end->what) + "\"";
        if (given.of().kind == "Job" || given.of().kind == "CronJob") {
            made.how = severity::note;  // it ends by itself, and is seldom stopped
        }
        const auto insert = exec_for(*hop, *end);
        if (!insert.empty()) {
            place begin = made.at;
            begin.size = 0;
            made.edits.push_back({begin, insert});
        }
    }
}

void check_pod_signal(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        const auto signal = one.object.path("lifecycle.stopSignal");
        if (!signal.text()) {
            continue;
        }
        if (is_absent(given.of().pod, "os") || is_absent(given.of().pod.get("os"), "name")) {
            given.report()
                .add("K13", signal.used_at(),
                     "stopSignal is refused in a pod that does not say os.name")
                .sure = confidence::proven;
        }
        std::string_view source;
        if (const auto what = wrong_signal(one, *signal.text(), source); !what.empty()) {
            auto& made = given.report().add("K13", signal.used_at(), what);
            made.source = source;
            made.sure = confidence::proven;
        }
    }
}

}  // namespace lastcall::lint
