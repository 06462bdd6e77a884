// Workflows of GitHub Actions: `timeout-minutes` of the step and of the job, `run`.
#include <chrono>

#include "lint/automation/expressions.hpp"
#include "lint/automation/timed_script.hpp"
#include "lint/dockerfile/docker_image.hpp"

namespace lastcall::lint {
namespace {

using shell::run_limit;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::string_view of_job =
    "GitHub, Workflow syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/"
    "workflow-syntax#jobsjob_idtimeout-minutes";
constexpr std::string_view of_step =
    "GitHub, Workflow syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/"
    "workflow-syntax#jobsjob_idstepstimeout-minutes";
constexpr std::string_view of_ssh =
    "appleboy/ssh-action, command_timeout: https://github.com/appleboy/ssh-action";
constexpr minutes usual_job{360};

constexpr double longest_minutes = 1e6;

std::optional<milliseconds> in_minutes(const yaml_ref& given) {
    const auto value = given.number();
    return value && *value > 0 && *value < longest_minutes
               ? std::optional(milliseconds(static_cast<std::int64_t>(*value * 60'000)))
               : std::nullopt;
}

std::optional<run_limit> job_limit(const yaml_ref& name, const yaml_ref& job) {
    const auto given = job.get("timeout-minutes");
    if (!given) {
        return run_limit{usual_job, "timeout-minutes of the job where nothing is said", of_job,
                         name.used_at()};
    }
    const auto after = in_minutes(given);
    return after ? std::optional(
                       run_limit{*after, "timeout-minutes of the job", of_job, given.used_at()})
                 : std::nullopt;
}

std::optional<run_limit> step_limit(const yaml_ref& step) {
    const auto given = step.get("timeout-minutes");
    const auto after = in_minutes(given);
    return after ? std::optional(
                       run_limit{*after, "timeout-minutes of the step", of_step, given.used_at()})
                 : std::nullopt;
}

/// What runs it is a POSIX shell, as far as the file says it: "bash", "bash -e {0}", "sh".
bool is_for_shell(const yaml_ref& step, const yaml_ref& job, const yaml_ref& root) {
    for (const yaml_ref& one :
         {step.get("shell"), job.path("defaults.run.shell"), root.path("defaults.run.shell")}) {
        if (const auto text = one.text()) {
            const auto name = text->substr(0, text->find(' '));
            return name == "bash" || name == "sh";
        }
    }
    const auto runner = job.get("runs-on").text();
    return !runner || runner->find("windows") == runner->npos;
}

/// A script that runs on another machine: the action ends it by a limit of its own.
std::optional<timed_script> remote_script(const yaml_ref& step) {
    const auto action = step.get("uses").text();
    const auto script = step.path("with.script");
    if (!action || !action->starts_with("appleboy/ssh-action@") || !script.text()) {
        return std::nullopt;
    }
    timed_script made{as_variables(script.source()), std::nullopt};
    const auto given = step.path("with.command_timeout");
    const auto after = given.text() ? go_duration(*given.text()) : std::nullopt;
    if (after && after->count() > 0) {
        made.limit = run_limit{std::chrono::duration_cast<milliseconds>(*after),
                               "command_timeout of appleboy/ssh-action", of_ssh, given.used_at()};
    }
    return made;
}

}  // namespace

void read_workflow(const yaml_ref& root, script_list& into) {
    for (const auto& [name, job] : root.get("jobs").entries()) {
        const auto around = job_limit(name, job);
        for (const yaml_ref& step : job.get("steps").items()) {
            if (!into.next()) {
                return;
            }
            const auto limit = first_of(step_limit(step), around);
            const auto run = step.get("run");
            if (run.text() && is_for_shell(step, job, root)) {
                into.add({as_variables(run.source()), limit});
            } else if (auto remote = remote_script(step)) {
                remote->limit = first_of(remote->limit, limit);
                into.add(std::move(*remote));
            }
        }
    }
}

}  // namespace lastcall::lint
