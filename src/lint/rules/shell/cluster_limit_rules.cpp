// Limits of kubectl and helm, and of what runs them, that are over before the pods have to be: S20.
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

/// Whether the option may be there, whatever its value is.
bool may_have(const shell::step& one, std::string_view option) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [&](const auto& word) {
        const std::string_view text = word.what.text;
        return (word.is_many && !word.is_known()) ||
               (text.starts_with(option) &&
                (text.size() == option.size() || text[option.size()] == '='));
    });
}

bool is_set(const shell::step& one, std::string_view option) {
    return has_word(one, {option}) || option_text(one, option) == "true";
}

/// How long a command waits at most until new pods have taken the place of the old ones.
struct rollout_wait {
    std::string what;  ///< "helm upgrade"
    milliseconds longest{0};
    bool is_default = false;
};

/// What `helm upgrade --wait` waits where nothing is said:
/// https://helm.sh/docs/helm/helm_upgrade/
constexpr std::chrono::minutes usual_helm_wait{5};

std::optional<rollout_wait> rollout_wait_of(const shell::step& one) {
    const bool is_helm = one.name() == "helm" && has_word(one, {"upgrade", "rollback"}) &&
                         (is_set(one, "--wait") || is_set(one, "--atomic"));
    const bool is_status = (one.name() == "kubectl" || one.name() == "oc") &&
                           has_word(one, {"rollout"}) && has_word(one, {"status"});
    if (one.call.program == shell::invocation::none || (!is_helm && !is_status) ||
        one.around.is_background || has_word(one, {"--dry-run"}) ||
        option_text(one, "--watch") == "false") {
        return std::nullopt;
    }
    const auto given = go_duration(option_text(one, "--timeout"));
    rollout_wait made{is_status                    ? one.name() + " rollout status"
                      : has_word(one, {"upgrade"}) ? "helm upgrade"
                                                   : "helm rollback",
                      usual_helm_wait, true};
    if (given && given->count() > 0) {
        made.longest = std::chrono::duration_cast<milliseconds>(*given);
        made.is_default = false;
    } else if (is_status || may_have(one, "--timeout")) {
        return std::nullopt;
    }
    return made;
}

void judge_rollout(const script_case& given, const shell::step& one,
                   std::vector<script_fault>& into) {
    const auto end = shell::given_up_by(one, given.limit);
    const auto wait = end ? rollout_wait_of(one) : std::nullopt;
    if (!wait || end->after > wait->longest) {
        return;
    }
    add_fault(into, "S20", one,
              end->text() + ", but " + wait->what + " may wait for the rollout for " +
                  seconds_text(wait->longest) + " s" +
                  (wait->is_default ? " where nothing else is said" : ""),
              {}, wait->is_default ? confidence::likely : confidence::proven);
    into.back().limit = end->by;
}

}  // namespace

std::optional<cluster_wait> cluster_wait_of(const shell::step& one,
                                            const shell::run_limit* around) {
    if (one.call.program == shell::invocation::none || !waits_for_pods(one) ||
        has_word(one, {"--dry-run", "--force"})) {
        return std::nullopt;
    }
    const auto limit = go_duration(option_text(one, "--timeout"));
    const bool is_limited = limit && limit->count() > 0;
    if (around != nullptr && (!is_limited || around->after < *limit)) {
        return cluster_wait{std::string(around->what), around->after, around};
    }
    if (!is_limited) {
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
        judge_rollout(given, one, into);
        const auto wait = cluster_wait_of(one, given.limit);
        if (!wait) {
            continue;
        }
        const auto own = shell::duration_of(option_text(one, "--grace-period"));
        const bool is_hidden = !own && may_have(one, "--grace-period");
        const auto grace =
            own || is_hidden ? own : shell::usual_grace_of(shell::stop_way::kubectl_delete);
        if (grace && wait->limit < *grace) {
            add_fault(into, "S20", one,
                      (wait->by != nullptr
                           ? shell::given_up{wait->limit, wait->by}.text()
                           : one.name() + " gives up after " + seconds_text(wait->limit) + " s") +
                          ", but the pods may take " + seconds_text(*grace) + " s" +
                          (own ? "" : " where nothing else is said"),
                      {}, own ? confidence::proven : confidence::likely);
            into.back().limit = wait->by;
        }
    }
}

}  // namespace lastcall::lint
