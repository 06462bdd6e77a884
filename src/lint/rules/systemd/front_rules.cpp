// A shell or a launcher is the main process, and the program is its child: U02, U08, U13, U14.
#include <algorithm>

#include "lint/launch/staying_shell.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/rules/systemd/front_process.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

constexpr std::string_view access_words[] = {"none", "main", "exec", "all"};

/// Somebody has thought of how the processes are stopped: a command that is no plain kill.
bool has_own_stop(const unit_case& given) {
    return std::any_of(given.stops().begin(), given.stops().end(), [](const unit_run& one) {
        const auto steps = steps_of(one.chain);
        return steps.empty() || !std::all_of(steps.begin(), steps.end(), [](const auto& step) {
                   const auto stop = shell::stop_request_of(step);
                   return stop && stop->way == shell::stop_way::kill;
               });
    });
}

/// Becomes the program by itself where /bin/sh is a bash, and stays where it is a dash.
bool depends_on_sh(const front_process& front) {
    return front.hop->is_inline && front.hop->call.name == "sh" &&
           is_tail_of_bash(front.hop->script->parsed(), front.hop->script->run(), *front.end);
}

std::string insert_of(const front_process& front) {
    if (!front.is_shell() || !front.hop->is_inline || front.end->kind == end_kind::pipeline) {
        return {};
    }
    const script_case inner{front.hop->script->parsed(), front.hop->script->run(), true, false};
    for (const script_fault& one : faults_of(inner)) {
        if (one.rule == "S01" && one.where == front.end->what->where) {
            return one.insert;
        }
    }
    return {};
}

/// In the file of the command line, if that is where it stands; else the whole command line.
place place_of(const unit_run& run, const front_process& front) {
    return front.is_shell() && front.hop->is_inline &&
                   front.hop->script->file() == run.from().file->path
               ? front.hop->script->parsed().at(front.end->what->where)
               : run.at();
}

void mend(finding& made, const unit_case& given, const unit_run& run, const front_process& front) {
    if (!front.is_shell()) {
        made.fix = "start the program itself, without " + front.name;
        return;
    }
    const bool is_pipeline = front.end->kind == end_kind::pipeline;
    made.fix = is_pipeline
                   ? "ExecStart=" + front.program() + ", and let the journal take its output"
               : front.is_followed
                   ? "ExecStart=" + front.program() + ", and what runs behind it as ExecStopPost="
                   : "exec in front of \"" + front.program() + "\"";
    if (!front.hop->is_inline) {
        made.further.push_back({front.hop->script->file(),
                                front.hop->script->parsed().at(front.end->what->where),
                                "the shell of this script stays"});
        return;
    }
    const auto insert = insert_of(front);
    const auto where = place_of(run, front);
    const auto& source = front.hop->words[front.hop->call.source].written;
    if (!insert.empty() && source && is_quoted_until(where.offset, *source, given.text())) {
        place begin = where;
        begin.size = 0;
        made.edits.push_back({begin, insert});
    }
}

std::string front_text(const front_process& front) {
    return "\"" + front.name + "\"" +
           (front.is_shell() ? ", and \"" + front.program() + "\" is its child"
                             : ", and the program is its child");
}

/// U02, U08: what decides is KillMode=.
void check_left_behind(const unit_case& given, const unit_run& run, const front_process& front,
                       std::string_view mode) {
    const auto said = given.said_last("Service", "KillMode");
    if (!said || (mode == "process" && has_own_stop(given))) {
        return;
    }
    const bool is_process = mode == "process";
    auto* made = given.add(
        is_process ? "U02" : "U08", *said,
        "the main process is " + front_text(front) +
            (is_process ? ": only " + front.name + " is stopped, and the program goes on running"
                        : ": it gets SIGKILL as soon as " + front.name +
                              " has ended, and no other "
                              "signal before that"));
    if (made == nullptr) {
        return;
    }
    const bool is_proven = front.is_shell() && !front.is_followed && !depends_on_sh(front);
    made->sure = is_proven ? confidence::proven : confidence::likely;
    made->further.push_back({run.from().file->path, place_of(run, front), "what is started"});
    made->fix = front.is_followed
                    ? "ExecStart=" + front.program() + ", and what runs behind it as ExecStopPost="
                    : "KillMode=control-group, or exec in front of the program";
}

/// The pings and states that a child sends are thrown away. Returns: whether they are.
bool check_lost_states(const unit_case& given, const unit_run& run, const front_process& front) {
    const auto watchdog = given.view().time_span("Service", {"WatchdogSec"});
    const bool is_watched = watchdog && watchdog->value.count() > 0 && watchdog->value != no_limit;
    if (!front.is_shell() || (given.type() != service_type::notify && !is_watched)) {
        return false;
    }
    const auto access = given.view().choice("Service", "NotifyAccess", access_words);
    if (given.is_templated("Service", "NotifyAccess") || (!access && !given.is_whole()) ||
        (access && access->text() == "all")) {
        return false;
    }
    const auto& steps = front.hop->script->run().steps;
    if (std::any_of(steps.begin(), steps.end(),
                    [](const auto& one) { return one.name() == "systemd-notify"; })) {
        return false;  // the shell tells it by way of a tool
    }
    auto* made =
        given.add("U14", run.from(), place_of(run, front),
                  "\"" + front.program() + "\" is a child of " + front.name +
                      ", and what it tells systemd is thrown away: only the main process may tell");
    if (made == nullptr) {
        return true;
    }
    made->sure = depends_on_sh(front) ? confidence::likely : confidence::proven;
    if (access) {
        made->further.push_back(further_at(*access, "who may tell"));
    }
    mend(*made, given, run, front);
    return true;
}

/// NotifyAccess=none with Type=notify: systemd takes main for it.
void check_contradiction(const unit_case& given) {
    const auto access = given.view().choice("Service", "NotifyAccess", access_words);
    if (!access || access->text() != "none" || given.type() != service_type::notify) {
        return;
    }
    if (auto* made = given.add("U14", *access,
                               "the service tells systemd when it is ready, and nobody is allowed "
                               "to tell: systemd takes it for NotifyAccess=main, where that is "
                               "what was meant")) {
        made->how = severity::note;
        made->sure = confidence::proven;
        made->edits.push_back({access->setting->at, "main"});
        made->fix = "NotifyAccess=main, or all where a child tells";
    }
}

/// A job of a timer ends by itself.
bool has_timer(const unit_case& given) {
    const auto& name = given.of().name;
    const auto stem = name.substr(0, name.rfind('.'));
    return !given.find_unit(stem + ".timer").empty();
}

void check_wrapper(const unit_case& given, const unit_run& run, const front_process& front) {
    if (!front.is_shell() || given.kill_mode() != "control-group" || has_timer(given)) {
        return;
    }
    auto* made = given.add("U13", run.from(), place_of(run, front),
                           "the main process is " + front_text(front) +
                               ": systemd looks after the shell, and not after the program");
    if (made == nullptr) {
        return;
    }
    made->sure = depends_on_sh(front) ? confidence::hint : confidence::likely;
    mend(*made, given, run, front);
}

}  // namespace

void check_front_process(const unit_case& given) {
    check_contradiction(given);
    const auto* run = given.main_run();
    if (run == nullptr || !given.is_long_running()) {
        return;
    }
    const auto front = front_of(*run);
    if (!front) {
        return;
    }
    const auto mode = given.kill_mode();
    if (mode == "process" || mode == "mixed") {
        check_left_behind(given, *run, front, mode);
    }
    if (!check_lost_states(given, *run, front)) {
        check_wrapper(given, *run, front);
    }
}

}  // namespace lastcall::lint
