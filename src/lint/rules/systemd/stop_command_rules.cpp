// What ExecStop= and ExecStopPost= run: U05, U06.
#include <algorithm>

#include "core/software.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

using shell::step;
using shell::stop_way;

struct stop_step {
    const unit_run* run;
    step what;
};

std::vector<stop_step> steps_of_runs(const std::vector<unit_run>& runs) {
    std::vector<stop_step> made;
    for (const unit_run& one : runs) {
        for (step& each : steps_of(one.chain)) {
            made.push_back({&one, std::move(each)});
        }
    }
    return made;
}

bool sends_signal(const shell::stop_request& stop) {
    return stop.way == stop_way::kill || stop.way == stop_way::kill_by_name ||
           stop.way == stop_way::unit_kill;
}

/// A command that only asks for the stop: the signal that it sends, "" for another way of asking.
/// Unset: it waits, it asks for something else, or nobody knows.
std::optional<std::string> asked_by(const step& one) {
    const auto& name = one.name();
    if (name == "nginx" || name == "openresty") {
        return !has_word(one, {"-s"})    ? std::nullopt
               : has_word(one, {"quit"}) ? std::optional<std::string>("QUIT")
               : has_word(one, {"stop"}) ? std::optional<std::string>("TERM")
                                         : std::nullopt;
    }
    if (name == "apachectl" || name == "apache2ctl" || name == "httpd" || name == "apache2") {
        return has_word(one, {"graceful-stop"}) ? std::optional<std::string>("WINCH")
                                                : std::nullopt;
    }
    if (name == "uwsgi") {
        return has_word(one, {"--stop"}) ? std::optional<std::string>("INT") : std::nullopt;
    }
    if (name == "curl" || name == "wget") {
        const bool asks = std::any_of(one.arguments.begin(), one.arguments.end(), [](auto& word) {
            const auto& text = word.what.text;
            return text.ends_with("/quit") || text.ends_with("/quitquitquit") ||
                   text.ends_with("/shutdown");
        });
        return asks ? std::optional<std::string>("") : std::nullopt;
    }
    const auto stop = shell::stop_request_of(one);
    if (!stop || !sends_signal(*stop) || stop->only_asks || stop->waits) {
        return std::nullopt;
    }
    const std::string signal = stop->signal.value_or("TERM");
    // The others are no common way to ask for a stop, and may be for something else.
    return signal == "TERM" || signal == "INT" || signal == "QUIT" || signal == "WINCH"
               ? std::optional(signal)
               : std::nullopt;
}

/// Whether it lets time pass, or may do so.
bool may_take_time(const step& one) {
    return one.around.loops > 0 || shell::sleep_of(one).has_value() || one.name() == "wait" ||
           one.name() == "tail" || !is_short_command(one.name()) || one.name().empty();
}

const core::software* software_of(const unit_case& given) {
    const auto* run = given.main_run();
    const auto* hop = run == nullptr ? nullptr : run->chain.program();
    return hop == nullptr ? nullptr : core::find_software(hop->call.name);
}

/// Signals that nothing dies of: systemd is told to send nothing that matters.
bool is_harmless(std::string_view signal) {
    return signal == "CONT" || signal == "CHLD" || signal == "URG" || signal == "WINCH";
}

/// What asks the program to stop, and is not waited for. Unset: nothing, or something may wait.
std::optional<stop_step> unwaited_stop(const unit_case& given) {
    const auto steps = steps_of_runs(given.stops());
    const auto asked = std::find_if(steps.begin(), steps.end(), [](const stop_step& one) {
        return one.what.around.loops == 0 && asked_by(one.what).has_value();
    });
    if (asked == steps.end() || std::any_of(asked + 1, steps.end(), [](const stop_step& one) {
            return may_take_time(one.what) && !asked_by(one.what);
        })) {
        return std::nullopt;
    }
    return *asked;
}

/// U07 for a signal that a command sends.
void report_wrong_signal(const unit_case& given, const stop_step& asked, const std::string& sent,
                         const core::software& software) {
    auto* made = given.add(
        "U07", asked.run->from(),
        "on SIG" + sent + " " + std::string(software.name) + " " + std::string(software.other));
    if (made != nullptr) {
        made->source = software.source;
        made->fix = "KillSignal=SIG" + std::string(software.best()) + ", and take this line out";
    }
}

void check_asynchronous(const unit_case& given) {
    const auto mode = given.kill_mode();
    const auto follows = given.stop_signal();
    if (mode.empty() || mode == "none" || !follows || is_harmless(*follows) ||
        given.type() == service_type::oneshot || given.type() == service_type::unknown) {
        return;
    }
    const auto asked = unwaited_stop(given);
    if (!asked) {
        return;
    }
    const auto sent = *asked_by(asked->what);
    const auto* software = software_of(given);
    if (software != nullptr && !sent.empty() && !software->ends_in_order(sent) &&
        software->term_option.empty()) {
        report_wrong_signal(given, *asked, sent, *software);
        return;
    }
    const bool is_same = sent == *follows;
    auto* made = given.add(
        "U05", asked->run->from(),
        is_same ? "systemd sends SIG" + sent +
                      " by itself: the program gets it twice, one right after the other"
                : "\"" + words_of(asked->what) + "\" comes back at once, and SIG" + *follows +
                      " follows before the program has done what it was asked for");
    if (made == nullptr) {
        return;
    }
    if (is_same) {
        made->how = severity::note;
        made->sure = confidence::hint;
        made->fix = "take the line out";
    } else if (software != nullptr && !software->ends_in_order(*follows)) {
        made->how = severity::error;
        made->fix = "KillSignal=SIG" + sent + ", and take the line out";
    } else if (!sent.empty()) {
        made->fix = "KillSignal=SIG" + sent + " in its stead, or wait for the end of the program";
    }
}

bool is_forced_end(const shell::stop_request& stop) {
    const bool is_container_end = stop.way == stop_way::container_kill ||
                                  stop.way == stop_way::compose_kill ||
                                  (stop.way == stop_way::container_remove && !stop.grace);
    return (stop.is_kill() && (sends_signal(stop) || stop.way == stop_way::kill_by_file ||
                               stop.way == stop_way::container_kill)) ||
           (is_container_end && stop.verb == "rm" && stop.is_forced &&
            stop.way == stop_way::container_remove);
}

/// All of the lines of the setting, when the kill of the main process is all that it does.
void take_out(finding& made, const unit_case& given, const unit_run& run) {
    const auto& chain = run.chain;
    const bool is_of_main =
        chain.hops.size() == 1 && chain.hops[0].script == nullptr &&
        std::any_of(run.command.words.begin(), run.command.words.end(),
                    [](const command_word& word) { return word.text.text() == "$MAINPID"; });
    const auto of_setting = std::count_if(
        given.stops().begin(), given.stops().end(),
        [&](const unit_run& one) { return one.from().setting == run.from().setting; });
    if (!is_of_main || of_setting != 1) {
        return;
    }
    const auto& of_lines = run.from().setting->lines;
    const line_index& lines = run.from().file->lines;
    const auto begin = lines.begin_of(of_lines.first);
    made.edits.push_back({lines.at(begin, lines.begin_of(of_lines.last + 1) - begin), ""});
    made.fix = "take the line out: systemd sends KillSignal=, and waits";
}

void check_forced(const unit_case& given) {
    bool was_asked = false;
    for (const stop_step& one : steps_of_runs(given.stops())) {
        const auto stop = shell::stop_request_of(one.what);
        const bool is_forced = stop && !stop->only_asks && is_forced_end(*stop);
        if (is_forced && !was_asked) {
            if (auto* made = given.add(
                    "U06", one.run->from(),
                    "\"" + words_of(one.what) + "\" sends SIGKILL without having asked first")) {
                made->sure = confidence::proven;
                take_out(*made, given, *one.run);
            }
        }
        was_asked = was_asked ||
                    (!is_forced && ((stop && !stop->only_asks) || asked_by(one.what).has_value() ||
                                    !is_short_command(one.what.name())));
    }
    for (const stop_step& one : steps_of_runs(given.stop_posts())) {
        const auto stop = shell::stop_request_of(one.what);
        if (stop && !stop->only_asks && stop->is_kill() && sends_signal(*stop)) {
            if (auto* made = given.add("U06", one.run->from(),
                                       "\"" + words_of(one.what) +
                                           "\" is for what the stop has left behind, and asks it "
                                           "nothing before")) {
                made->how = severity::note;
                made->sure = confidence::hint;
            }
        }
    }
}

}  // namespace

void check_stop_commands(const unit_case& given) {
    check_asynchronous(given);
    check_forced(given);
}

}  // namespace lastcall::lint
