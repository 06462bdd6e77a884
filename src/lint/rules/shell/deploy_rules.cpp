// Scripts that stop a program and go on: whether they wait for its end, and for how long. S18 to
// S21, S23, S24.
#include <chrono>
#include <optional>

#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::step;
using shell::stop_way;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string rounded_seconds(milliseconds length) {
    return std::to_string(std::chrono::ceil<seconds>(length).count()) + " s";
}

/// The commands of $( ) in a word, if it is that: `cat` for $(cat web.pid).
bool reads_file(const shell::argument& one) {
    if (one.from == nullptr) {
        return false;
    }
    for (const shell::part& part : one.from->parts) {
        for (const shell::statement& inner : part.program) {
            const auto* command = shell::first_command(inner);
            const auto* simple =
                command == nullptr ? nullptr : std::get_if<shell::simple_command>(&command->what);
            if (simple != nullptr && !simple->words.empty() &&
                (simple->words.front().text == "cat" || simple->words.front().text == "head")) {
                return true;
            }
            // $(<web.pid)
            if (simple != nullptr && simple->words.empty() && !command->redirections.empty()) {
                return true;
            }
        }
    }
    return false;
}

bool looks_at_process(const step& one) {
    return one.name() == "ps" || one.name() == "pgrep" || one.name() == "pidof" ||
           one.name() == "pidofproc" || one.name() == "checkproc" ||
           one.name() == "status_of_proc" ||
           std::any_of(one.arguments.begin(), one.arguments.end(), [](const auto& word) {
               return word.what.text.find("/proc/") != std::string::npos;
           });
}

/// tail --pid=$pid
bool follows_process(const step& one) {
    return std::any_of(one.arguments.begin(), one.arguments.end(),
                       [](const auto& word) { return word.what.text.starts_with("--pid"); });
}

bool gives_time(const step& one) {
    const auto stop = shell::stop_request_of(one);
    return one.name() == "wait" || shell::sleep_of(one) || one.name() == "pwait" ||
           one.name() == "pidwait" || (stop && stop->only_asks) || follows_process(one) ||
           (one.around.is_condition && one.around.loops > 0);
}

/// What must not come before the end of the program.
std::string what_comes_early(const step& one) {
    if (one.around.is_background && !one.around.is_in_substitution && !one.name().empty() &&
        !is_short_command(one.name())) {
        return "the next \"" + words_of(one) + "\" is started";
    }
    const bool is_recursive = has_word(one, {"-r", "-rf", "-fr", "-R", "--recursive"});
    if ((one.name() == "rm" && is_recursive) || one.name() == "umount") {
        return "\"" + words_of(one) + "\" runs";
    }
    return {};
}

/// On the same machine, as far as the text says it.
bool is_beside(const step& one, const step& before) {
    return one.around.is_in_source == before.around.is_in_source;
}

/// In the same list of commands: of what stands in another function nobody knows when it runs.
bool comes_behind(const step& one, const step& before) {
    return one.where.begin > before.where.begin && is_beside(one, before) &&
           one.around.function == before.around.function;
}

bool is_program_folder(std::string_view path) {
    return path.find("/bin/") != path.npos || path.find("/sbin/") != path.npos ||
           path.ends_with("/bin") || path.ends_with("/sbin");
}

bool is_application_folder(std::string_view path) {
    return path.starts_with("/opt/") || path.starts_with("/srv/") ||
           path.starts_with("/var/www/") || path.starts_with("/app");
}

/// How many commands may stand between the copy and the stop of another name.
constexpr std::ptrdiff_t near_steps = 3;

/// Whether what is stopped is likely to be what was copied: it has its name, or comes right behind.
bool is_about(const shell::stop_request& stop, const step& stopped, const step& copied) {
    const std::string file(shell::base_name(copied.arguments.back().what.text));
    const std::string source(
        shell::base_name(copied.arguments[copied.arguments.size() - 2].what.text));
    return &stopped - &copied <= near_steps ||
           std::any_of(stop.targets.begin(), stop.targets.end(), [&](const auto& one) {
               const std::string name = one.what.text.substr(0, one.what.text.find('.'));
               return one.is_known() && (name == file || name == source);
           });
}

void judge_kill_by_timeout(const step& one, std::vector<script_fault>& into) {
    const auto after = shell::given_up_after(one);
    if (!after || shell::stop_request_of(one)) {
        return;
    }
    const auto limit = shell::time_limit_of(one.arguments, *one.call.find("timeout"));
    if (limit->signal == "KILL" && !is_short_command(one.name())) {
        add_fault(into, "S21", one,
                  "after " + rounded_seconds(*after) + " \"" + one.name() +
                      "\" gets SIGKILL without having been asked",
                  {}, confidence::proven);
    }
}

/// What a limit around the script cannot be held against: what comes back at once, and what the
/// limits of a cluster are for (cluster_limit_rules.cpp).
bool is_for_others(const shell::stop_request& stop) {
    return stop.only_asks || !stop.waits || stop.way == stop_way::kubectl_delete ||
           stop.way == stop_way::kubectl_drain;
}

void judge_limit(const script_case& from, const step& one, std::vector<script_fault>& into) {
    const auto end = shell::given_up_by(one, from.limit);
    const auto stop = shell::stop_request_of(one);
    if (!end || !stop || (end->by != nullptr && is_for_others(*stop)) ||
        (from.is_file && shell::stopped_unit(*stop))) {
        return;  // of a unit its file may say how long it takes
    }
    const auto given = shell::asked_grace_of(*stop);
    const bool is_hidden = stop->grace && !given;
    const auto grace = given || is_hidden ? given : shell::usual_grace_of(stop->way);
    if (grace && end->after <= *grace) {
        add_fault(into, "S20", one,
                  end->text() + ", but the stop that it asks for may take " +
                      rounded_seconds(*grace) + (given ? "" : " where nothing else is said"),
                  {}, given ? confidence::proven : confidence::likely);
        into.back().limit = end->by;
    }
}

}  // namespace

void find_short_limits(const script_case& given, std::vector<script_fault>& into) {
    for (const step& one : given.run.steps) {
        judge_kill_by_timeout(one, into);
        judge_limit(given, one, into);
    }
}

void find_unwaited_stops(const script_case& given, std::vector<script_fault>& into) {
    const bool has_looked = std::any_of(given.run.steps.begin(), given.run.steps.end(),
                                        [](const step& one) { return looks_at_process(one); });
    const step* asked = nullptr;
    for (const step& one : given.run.steps) {
        const auto stop = shell::stop_request_of(one);
        if (stop && stop->way == stop_way::kill && !stop->only_asks && !has_looked &&
            std::any_of(stop->targets.begin(), stop->targets.end(), reads_file)) {
            add_fault(into, "S18", one,
                      "the number in the file may be that of another process by now");
        }
        if (gives_time(one)) {
            asked = nullptr;
        } else if (const auto early = what_comes_early(one);
                   asked != nullptr && !early.empty() && comes_behind(one, *asked)) {
            add_fault(into, "S19", one,
                      early + " while the program that line " +
                          std::to_string(given.script.at(asked->where).line) +
                          " asked to stop may still run");
            asked = nullptr;
        }
        if (stop && !stop->waits && !stop->only_asks && !stop->is_kill()) {
            asked = &one;
        }
    }
}

void find_changed_files(const script_case& given, std::vector<script_fault>& into) {
    const step* removed = nullptr;
    const step* overwritten = nullptr;
    for (const step& one : given.run.steps) {
        const auto stop = shell::stop_request_of(one);
        if (stop && !stop->only_asks) {
            if (removed != nullptr && is_beside(one, *removed)) {
                add_fault(into, "S23", *removed,
                          "files go away under the program that line " +
                              std::to_string(given.script.at(one.where).line) + " stops later",
                          {}, confidence::hint);
            }
            if (overwritten != nullptr && is_beside(one, *overwritten) &&
                is_about(*stop, one, *overwritten)) {
                add_fault(into, "S24", *overwritten,
                          "the file may be running: it is stopped in line " +
                              std::to_string(given.script.at(one.where).line) + " only");
            }
            return;
        }
        if (one.arguments.size() < 2 || !one.arguments.back().is_known()) {
            continue;
        }
        const std::string& last = one.arguments.back().what.text;
        if (one.name() == "mv" && overwritten != nullptr &&
            has_word(one, {overwritten->arguments.back().what.text})) {
            overwritten = nullptr;  // it was put beside, and is now renamed
        }
        const bool removes =
            (one.name() == "rm" && has_word(one, {"-r", "-rf", "-fr", "-R"})) ||
            (one.name() == "rsync" && has_word(one, {"--delete", "--delete-after"}));
        if (removed == nullptr && removes && is_application_folder(last)) {
            removed = &one;
        }
        if (overwritten == nullptr && one.name() == "cp" && is_program_folder(last) &&
            !has_word(one, {"-f", "--force", "--remove-destination", "-r", "-R", "-a"})) {
            overwritten = &one;
        }
    }
}

}  // namespace lastcall::lint
