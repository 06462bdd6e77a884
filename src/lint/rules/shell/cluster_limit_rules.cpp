// Limits of kubectl and helm that are over before the pods have to be: S20.
#include "lint/dockerfile/docker_image.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/rules/shell/cluster_limits.hpp"
#include "lint/rules/shell/shell_words.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;

/// The word behind the option, or behind its "="; empty: it is not there, or not known.
std::string option_text(const shell::step& one, std::string_view option) {
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
        const auto& word = one.arguments[i];
        const std::string_view text = word.what.text;
        if (word.is(option) && i + 1 < one.arguments.size() && one.arguments[i + 1].is_known()) {
            return one.arguments[i + 1].what.text;
        }
        if (word.is_known() && text.starts_with(option) &&
            text.substr(option.size()).starts_with('=')) {
            return std::string(text.substr(option.size() + 1));
        }
    }
    return {};
}

bool waits_for_pods(const shell::step& one) {
    const bool is_foreground = option_text(one, "--cascade") == "foreground";
    if (one.name() == "helm") {
        return has_word(one, {"uninstall", "delete"}) && has_word(one, {"--wait"}) && is_foreground;
    }
    const bool is_kubectl = one.name() == "kubectl" || one.name() == "oc";
    const bool deletes = has_word(one, {"delete"}) && option_text(one, "--wait") != "false" &&
                         (is_foreground || has_word(one, {"pod", "pods", "po"}));
    return is_kubectl && (deletes || has_word(one, {"drain"}));
}

}  // namespace

std::optional<cluster_wait> cluster_wait_of(const shell::step& one) {
    if (one.call.program == shell::invocation::none || !waits_for_pods(one) ||
        has_word(one, {"--dry-run", "--force"})) {
        return std::nullopt;
    }
    const auto limit = go_duration(option_text(one, "--timeout"));
    if (!limit || limit->count() <= 0) {
        return std::nullopt;
    }
    const std::string verb = one.name() == "helm"       ? "uninstall"
                             : has_word(one, {"drain"}) ? "drain"
                                                        : "delete";
    return cluster_wait{"--timeout of " + one.name() + " " + verb,
                        std::chrono::duration_cast<milliseconds>(*limit)};
}

void find_short_cluster_limits(const script_case& given, std::vector<script_fault>& into) {
    for (const shell::step& one : given.run.steps) {
        const auto wait = cluster_wait_of(one);
        if (!wait) {
            continue;
        }
        const auto own = shell::duration_of(option_text(one, "--grace-period"));
        const auto grace = own ? own : shell::usual_grace_of(shell::stop_way::kubectl_delete);
        if (grace && wait->limit < *grace) {
            add_fault(into, "S20", one,
                      one.name() + " gives up after " + seconds_text(wait->limit) + " s" +
                          ", but the pods may take " + seconds_text(*grace) + " s" +
                          (own ? "" : " where nothing else is said"),
                      {}, own ? confidence::proven : confidence::likely);
        }
    }
}

}  // namespace lastcall::lint
