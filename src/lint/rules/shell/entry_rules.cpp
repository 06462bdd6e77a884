// Who gets the stop signal of a script that a platform starts: S01, S02, S05 to S08, S21, S22.
#include <chrono>

#include "lint/launch/endless_loop.hpp"
#include "lint/rules/shell/known_servers.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::step;

/// Whether exec in front of it changes nothing else: no trap is lost, nothing is set for it only,
/// and it is no option of exec.
bool may_exec(const step& one, const shell::execution& run) {
    const auto* simple = std::get_if<shell::simple_command>(&one.what->what);
    const bool is_option =
        !one.arguments.empty() && one.arguments.front().what.text.starts_with('-');
    return !is_option && run.traps.empty() && !one.around.is_failure_caught && simple != nullptr &&
           simple->assignments.empty();
}

/// A file that the script reads by `.` may define what it calls. `exec` finds no function.
bool may_be_function(const step& one, const shell::execution& run) {
    return one.call.wrappers.empty() && one.arguments.front().is_known() &&
           one.arguments.front().what.text.find('/') == std::string::npos &&
           std::any_of(run.steps.begin(), run.steps.end(), [&](const step& each) {
               return (each.name() == "." || each.name() == "source") &&
                      each.where.begin < one.where.begin;
           });
}

/// What such functions are called that only say something, or end the script.
bool is_message(const step& one) {
    constexpr std::string_view names[] = {"die", "error", "fatal", "info", "log", "usage", "warn"};
    return one.name().starts_with("log_") || one.name().find("::") != std::string::npos ||
           std::find(std::begin(names), std::end(names), one.name()) != std::end(names);
}

/// A trap runs between two commands of the shell only, and the shell is in the middle of one.
script_fault in_front_of(const script_end& end, const shell::execution& run) {
    const std::string program = words_of(*end.what);
    if (const auto* trap = term_handler(run)) {
        return {"S02",
                end.what->where,
                "the trap for SIGTERM runs only when " + quoted(program) +
                    " has ended by itself: the shell waits for it",
                fix_with("put it into the background and wait for it: ", program, " & wait $!", {}),
                trap->what == shell::trap_setting::action::handle ? confidence::proven
                                                                  : confidence::likely,
                {}};
    }
    const bool is_sure = !may_be_function(*end.what, run);
    return {"S01",
            end.what->where,
            "the shell stays in front of " + quoted(program) + " and does not pass the signal on",
            fix_with("exec ", program, "", "put exec in front of it"),
            is_sure ? confidence::proven : confidence::likely,
            is_sure && may_exec(*end.what, run) ? "exec " : ""};
}

/// A server that the script waits for although other commands stand behind it.
bool is_in_between(const step& one) {
    const auto& around = one.around;
    return around.is_called && !around.is_in_substitution && !around.is_in_source &&
           !around.is_in_subshell && !around.is_background && !around.is_condition &&
           !around.is_last && around.loops == 0 && !one.call.is_exec() &&
           one.call.find("timeout") == nullptr && is_known_server(one);
}

/// The script ends or waits for what it has started.
bool looks_after_programs(const step& one) {
    const auto stop = shell::stop_request_of(one);
    return one.around.is_called && (one.name() == "wait" || (stop && !stop->only_asks) ||
                                    has_word(one, {"stop", "--stop", "quit", "shutdown"}));
}

/// A server that goes on beside what the script comes to.
bool is_left_behind(const step& one) {
    const auto& around = one.around;
    const bool is_web_server = one.name() == "nginx" || one.name().starts_with("php-fpm");
    const bool is_beside_script =
        ((is_web_server || one.name() == "redis-server") && starts_daemon(one)) ||
        (around.is_background && (is_web_server || is_known_server(one)));
    return around.is_called && !around.is_in_substitution && !around.is_in_source &&
           around.loops == 0 && around.pipe_length == 1 && is_beside_script;
}

bool is_by_other_user(const step& one) {
    return one.call.find("sudo") != nullptr || one.call.find("doas") != nullptr ||
           one.name() == "su" || one.name() == "runuser";
}

void find_ends(const script_case& given, const script_end& end, std::vector<script_fault>& into) {
    const std::string program = words_of(*end.what);
    if (is_by_other_user(*end.what)) {
        into.push_back({"S22",
                        end.what->where,
                        quoted(program) + " stays between the platform and the program",
                        {},
                        confidence::likely,
                        {}});
        return;
    }
    if (given.has_group_init || (may_be_function(*end.what, given.run) && is_message(*end.what))) {
        return;
    }
    if (end.kind == end_kind::in_front) {
        into.push_back(in_front_of(end, given.run));
    } else if (end.kind == end_kind::pipeline) {
        into.push_back({"S07",
                        end.what->where,
                        "the signal comes to the shell, not to " + quoted(program) +
                            ", which is in a pipeline",
                        {},
                        confidence::proven,
                        {}});
    }
}

/// A loop that sleeps for so long does a job from time to time, and keeps no server alive.
constexpr std::chrono::minutes shortest_interval{1};

bool is_interval(const step& one) {
    const auto slept = shell::sleep_of(one);
    const auto length = slept ? shell::duration_of(slept->text) : std::nullopt;
    return length && *length >= shortest_interval;
}

/// A program that the script waits for in its own text, and not in that of a function.
bool is_started_program(const step& one, const std::set<std::string_view>& functions) {
    const auto& around = one.around;
    return around.loops > 0 && !around.is_condition && !around.is_in_source &&
           !around.is_in_substitution && !around.is_background && !one.name().empty() &&
           !functions.contains(one.name()) && !is_short_command(one.name()) &&
           one.name() != "sleep" && one.name() != "wait" && !is_endless_sleep(one);
}

}  // namespace

void find_shell_in_front(const script_case& given, std::vector<script_fault>& into) {
    if (!given.is_entrypoint) {
        return;
    }
    for (const script_end& end : ends_of(given.script, given.run)) {
        find_ends(given, end, into);
    }
    for (const step& one : given.run.steps) {
        if (!given.has_group_init && !is_by_other_user(one) && is_in_between(one)) {
            auto& made = into.emplace_back(in_front_of({end_kind::in_front, &one}, given.run));
            made.fix += ", and nothing behind it";
            made.sure = confidence::likely;
            made.insert.clear();  // what stands behind it would be cut off
        }
    }
}

void find_background_ends(const script_case& given, std::vector<script_fault>& into) {
    auto programs = background_programs(given.run);
    const auto ends = ends_of(given.script, given.run);
    const auto* daemon = daemon_behind_sleep(ends, given.run);
    if (programs.empty() && daemon != nullptr) {
        programs.push_back(daemon);
    }
    if (!given.is_entrypoint || given.has_group_init || programs.empty() ||
        term_handler(given.run) != nullptr) {
        return;
    }
    for (const script_end& end : ends) {
        const std::string program = words_of(*programs.front());
        if (end.kind == end_kind::waits) {
            into.push_back(
                {"S05",
                 end.what->where,
                 "nothing tells " + quoted(program) + " of the signal while the shell waits",
                 "trap 'kill -TERM $pid' TERM before it, and wait again behind it",
                 confidence::proven,
                 {}});
        } else if (keeps_alive(ends, end)) {
            into.push_back(
                {"S06",
                 end.what->where,
                 "the signal comes to " + quoted(words_behind_exec(*end.what)) +
                     " or its shell, not to " + quoted(program) +
                     ", and nobody sees when that one ends",
                 daemon == programs.front()
                     ? "start it in the foreground, with exec, and nothing behind it"
                     : fix_with("exec ", program,
                                ", without & and without what keeps the script alive", {}),
                 confidence::proven,
                 {}});
        }
    }
}

void find_untold_servers(const script_case& given, std::vector<script_fault>& into) {
    if (!given.is_entrypoint || given.has_group_init ||
        std::any_of(given.run.steps.begin(), given.run.steps.end(), looks_after_programs)) {
        return;
    }
    for (const script_end& end : ends_of(given.script, given.run)) {
        // A trap goes with the shell.
        const bool is_alone =
            end.kind == end_kind::replaced ||
            (end.kind == end_kind::in_front && term_handler(given.run) == nullptr);
        const auto server =
            std::find_if(given.run.steps.begin(), given.run.steps.end(), [&](const step& one) {
                return is_left_behind(one) && one.where.end <= end.what->where.begin;
            });
        if (!is_alone || server == given.run.steps.end()) {
            continue;
        }
        into.push_back(
            {"S05",
             server->where,
             "nothing tells " + quoted(words_of(*server)) + " of the signal: it comes to " +
                 quoted(words_behind_exec(*end.what)) +
                 ", and what is left is killed when that one has ended",
             "a container for each of them, or an init that signals all that is below it: "
             "tini -g, dumb-init",
             confidence::likely,
             {}});
        return;
    }
}

void find_restart_loops(const script_case& given, std::vector<script_fault>& into) {
    if (!given.is_entrypoint || term_handler(given.run) != nullptr) {
        return;
    }
    const auto functions = functions_of(given.script);
    std::vector<const step*> leaving;
    std::vector<const step*> started;
    for (const step& one : given.run.steps) {
        if (leaves_loop(one) || is_interval(one)) {
            leaving.push_back(&one);
        } else if (is_started_program(one, functions)) {
            started.push_back(&one);
        }
    }
    shell::for_each_command(given.script, [&](const shell::command& one) {
        const auto* loop = std::get_if<shell::while_command>(&one.what);
        const auto inside = [&](const step* each) { return is_inside(*each, one); };
        if (loop == nullptr || !is_endless(*loop) ||
            std::any_of(leaving.begin(), leaving.end(), inside)) {
            return;
        }
        const auto again = std::find_if(started.begin(), started.end(), inside);
        if (again != started.end()) {
            into.push_back(
                {"S08",
                 (**again).where,
                 "the loop starts \"" + words_of(**again) + "\" again when the signal has ended it",
                 {},
                 confidence::likely,
                 {}});
        }
    });
}

}  // namespace lastcall::lint
