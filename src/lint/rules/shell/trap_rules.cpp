// What a script does with signals itself: S03, S04, S09 to S13.
#include <optional>
#include <set>
#include <string>

#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::step;
using shell::trap_setting;

/// Which of the signals of the trap is one to stop with: SIGTERM; of what a platform starts also
/// those that an image may be stopped with. Empty: none.
std::string_view stop_signal_of(const trap_setting& trap, bool is_entrypoint) {
    if (trap.is_for("TERM")) {
        return "TERM";
    }
    for (const std::string_view one : {"QUIT", "INT"}) {
        if (is_entrypoint && trap.is_for(one)) {
            return one;
        }
    }
    return {};
}

/// A handler ignores further signals while it works; and some ignore them for a while only.
bool is_for_a_while(const shell::execution& run, const trap_setting& ignoring) {
    return std::any_of(run.traps.begin(), run.traps.end(), [&](const trap_setting& one) {
        const bool is_around =
            one.handler.begin <= ignoring.where.begin && ignoring.where.end <= one.handler.end;
        const bool calls_it =
            !ignoring.around.function.empty() &&
            std::any_of(one.steps.begin(), one.steps.end(),
                        [&](const step& each) { return each.name() == ignoring.around.function; });
        const bool ends_it = one.what != trap_setting::action::ignore &&
                             one.where.begin > ignoring.where.begin &&
                             one.is_for(ignoring.signals.front());
        return is_around || calls_it || ends_it;
    });
}

const step* find_step(const std::vector<step>& steps, std::string_view name) {
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&](const step& one) { return one.name() == name; });
    return found == steps.end() ? nullptr : &*found;
}

/// Where the variable is set first. Unset: nowhere in the script.
std::optional<std::uint32_t> first_set(const shell::script& script, std::string_view name) {
    std::optional<std::uint32_t> at;
    shell::for_each_command(script, [&](const shell::command& one) {
        const auto* simple = std::get_if<shell::simple_command>(&one.what);
        if (simple == nullptr) {
            return;
        }
        for (const auto& each : simple->assignments) {
            if (each.name == name && (!at || each.where.begin < *at)) {
                at = each.where.begin;
            }
        }
    });
    return at;
}

/// wait; while [ -e web.pid ]; do sleep 1; done; tail --pid=$pid
bool waits_for_end(const step& one) {
    return one.name() == "wait" || one.around.loops > 0 ||
           std::any_of(one.arguments.begin(), one.arguments.end(),
                       [](const auto& word) { return word.what.text.starts_with("--pid"); });
}

/// Where the first program is put into the background. Unset: none is.
std::optional<std::uint32_t> first_job(const shell::execution& run) {
    const auto found = std::find_if(run.steps.begin(), run.steps.end(), [](const step& one) {
        return one.around.is_background && one.around.is_called;
    });
    return found == run.steps.end() ? std::nullopt : std::optional(found->where.begin);
}

void find_early_values(const script_case& given, const trap_setting& trap,
                       std::vector<script_fault>& into) {
    if (!trap.around.function.empty()) {
        return;  // it is set when that is called, and not where it stands
    }
    for (const std::string& name : trap.expanded_early) {
        const auto set = name == "!" ? first_job(given.run) : first_set(given.script, name);
        if (set && *set > trap.where.begin) {
            into.push_back({"S13",
                            trap.where,
                            "$" + name + " is put into the handler here, where it has no value yet",
                            {},
                            confidence::proven,
                            {}});
            return;
        }
    }
}

void find_aborting_steps(const trap_setting& trap, std::vector<script_fault>& into) {
    for (std::size_t i = 0; i + 1 < trap.steps.size(); ++i) {
        const step& one = trap.steps[i];
        if ((one.name() == "kill" || one.name() == "wait") && !one.around.is_failure_caught &&
            !one.around.is_condition) {
            into.push_back({"S11",
                            one.where,
                            "with set -e the handler ends at \"" + words_of(one) +
                                "\" when that fails, and the rest of it is not done",
                            words_of(one) + " || true",
                            confidence::likely,
                            {}});
            return;
        }
    }
}

/// How many waits the script itself does, outside of handlers.
std::size_t waits_of(const shell::execution& run) {
    return static_cast<std::size_t>(std::count_if(
        run.steps.begin(), run.steps.end(),
        [](const step& one) { return one.name() == "wait" && one.around.is_called; }));
}

/// The names of $! and of the variables that are set to it.
std::set<std::string> names_of_jobs(const shell::script& script) {
    std::set<std::string> made{"!"};
    shell::for_each_command(script, [&](const shell::command& one) {
        const auto* simple = std::get_if<shell::simple_command>(&one.what);
        if (simple == nullptr) {
            return;
        }
        for (const auto& each : simple->assignments) {
            if (each.value.text.find("$!") != std::string_view::npos ||
                each.value.text.find("${!}") != std::string_view::npos) {
                made.emplace(each.name);
            }
        }
    });
    return made;
}

/// Whether the signal goes to a program that the script has put into the background.
bool is_to_job(const shell::stop_request& stop, const std::set<std::string>& jobs) {
    return std::any_of(stop.targets.begin(), stop.targets.end(), [&](const auto& one) {
        return one.what.text.starts_with('%') || as_written(one) == "$(jobs -p)" ||
               (one.from != nullptr &&
                std::any_of(one.from->parts.begin(), one.from->parts.end(), [&](const auto& part) {
                    return part.kind == shell::part_kind::parameter &&
                           jobs.contains(std::string(part.text));
                }));
    });
}

}  // namespace

void find_wrong_traps(const script_case& given, std::vector<script_fault>& into) {
    for (const trap_setting& trap : given.run.traps) {
        const auto stops = stop_signal_of(trap, given.is_entrypoint);
        if (trap.what == trap_setting::action::ignore && !stops.empty() &&
            !is_for_a_while(given.run, trap)) {
            into.push_back({"S03",
                            trap.where,
                            "every program that is started from here on ignores SIG" +
                                std::string(stops) + ", too, unless it sets a handler itself",
                            {},
                            stops == "TERM" ? confidence::proven : confidence::likely,
                            {}});
        }
        for (const std::string_view never : {"KILL", "STOP"}) {
            if (trap.is_for(never)) {
                into.push_back({"S12",
                                trap.where,
                                "no handler runs for SIG" + std::string(never) +
                                    ": the kernel does not tell the process of it",
                                {},
                                confidence::proven,
                                {}});
            }
        }
        find_early_values(given, trap, into);
        if (given.run.sets_errexit) {
            find_aborting_steps(trap, into);
        }
    }
}

void find_hasty_handlers(const script_case& given, std::vector<script_fault>& into) {
    const auto* trap = term_handler(given.run);
    const auto programs = background_programs(given.run);
    if (trap == nullptr || trap->what != trap_setting::action::handle || programs.empty()) {
        return;
    }
    const std::string program = quoted(words_of(*programs.front()));
    for (const step& one : trap->steps) {
        const auto stop = shell::stop_request_of(one);
        if (stop && stop->is_kill() && find_step(trap->steps, "wait") == nullptr) {
            into.push_back({"S04",
                            one.where,
                            "the handler ends " + program + " with SIGKILL",
                            {},
                            confidence::proven,
                            {}});
            return;
        }
    }
    if (std::any_of(trap->steps.begin(), trap->steps.end(), waits_for_end)) {
        return;
    }
    if (const step* exit = find_step(trap->steps, "exit")) {
        // Where no platform has started the script, nothing kills what it leaves behind.
        into.push_back({"S04",
                        exit->where,
                        "the handler exits while " + program + " still runs",
                        {},
                        given.is_entrypoint ? confidence::proven : confidence::likely,
                        {}});
    } else if (waits_of(given.run) == 1 && given.is_entrypoint) {
        const auto ends = ends_of(given.script, given.run);
        if (!ends.empty() && ends.back().kind == end_kind::waits) {
            into.push_back({"S09",
                            ends.back().what->where,
                            "this wait returns as soon as the handler has run, before " + program +
                                " has ended",
                            {},
                            confidence::proven,
                            {}});
        }
    }
}

void find_inherited_ignores(const script_case& given, std::vector<script_fault>& into) {
    const auto jobs = names_of_jobs(given.script);
    const step* started = nullptr;
    for (const step& one : given.run.steps) {
        if (one.around.is_background && !is_short_command(one.name()) && !one.name().empty() &&
            !one.around.is_in_substitution) {
            started = &one;
        }
        const auto stop = shell::stop_request_of(one);
        if (started == nullptr || !stop || stop->way != shell::stop_way::kill || !stop->signal ||
            stop->only_asks || !is_to_job(*stop, jobs)) {
            continue;
        }
        const bool is_job = *stop->signal == "INT" || *stop->signal == "QUIT";
        const bool is_nohup = *stop->signal == "HUP" && started->call.find("nohup") != nullptr;
        if (is_job || is_nohup) {
            into.push_back({"S10",
                            one.where,
                            "\"" + words_of(*started) + "\" ignores SIG" + *stop->signal +
                                " from its start on, unless it sets a handler itself",
                            {},
                            confidence::likely,
                            {}});
            return;
        }
    }
}

}  // namespace lastcall::lint
