// lastcall doctor
#include <charconv>
#include <chrono>
#include <cstdio>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/doctor_ready.hpp"
#include "cli/doctor_subject.hpp"
#include "cli/doctor_watch.hpp"
#include "cli/problem.hpp"
#include "cli/screen.hpp"
#include "core/read_duration.hpp"
#include "doctor/report/diagnosis.hpp"
#include "sys/signal/default_action.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::cli {
namespace {

/// Why the options do not go together; empty: they do.
std::string what_is_wrong(const doctor_wish& wish) {
    const int subjects = (wish.pid.empty() ? 0 : 1) + (wish.unit.empty() ? 0 : 1) +
                         (wish.container.empty() ? 0 : 1) + (wish.service.empty() ? 0 : 1) +
                         (wish.port == 0 ? 0 : 1);
    if (subjects == 0) {
        return "whom to look at? Give a process id, --port, --unit, --container or --service";
    }
    if (subjects > 1) {
        return "one subject at a time: a process id, --port, --unit, --container or --service";
    }
    if (!wish.pid.empty()) {
        int pid = 0;
        const auto* const end = wish.pid.data() + wish.pid.size();
        const auto [rest, error] = std::from_chars(wish.pid.data(), end, pid);
        if (error != std::errc{} || rest != end || pid <= 0) {
            return "\"" + wish.pid +
                   "\" is no process id; a name is given with --unit, --container "
                   "or --service";
        }
    }
    if (!wish.signal.empty() && sys::signal_number(wish.signal) == 0) {
        return "--signal: \"" + wish.signal + "\" is no signal; write TERM, QUIT or a number";
    }
    if (const int number = sys::signal_number(wish.signal);
        sys::default_action_of(number) == sys::default_action::stops) {
        return "--signal: " + std::string(sys::signal_name(number)) +
               " halts a process, and ends "
               "none";
    }
    if (const auto read = core::read_duration(wish.since); !wish.since.empty() && !read.is_good()) {
        core::fixed_text<200> why;
        core::explain_duration(why, wish.since, read.problem);
        return "--since: " + std::string(why.view());
    }
    if (wish.where.is_remote()) {
        return "--url: processes are looked at on their own machine; run it there";
    }
    if (!wish.ready.empty() && wish.since.empty() && !wish.watches && wish.unit.empty()) {
        return "--ready is asked while it stops: add --since or --watch";
    }
    if (wish.as_json && wish.as_markdown) {
        return "--json and --md are two forms of one report";
    }
    return wish.as_markdown && wish.watches ? "--md is for one look, not for --watch" : "";
}

void complete(doctor::look_request& what, const doctor_wish& wish) {
    what.stopped_by = wish.stopped_by;
    what.signal = wish.signal.empty() ? 0 : sys::signal_number(wish.signal);
    if (!wish.since.empty()) {
        what.since = core::read_duration(wish.since).value;
    }
    if (wish.is_deep) {
        what.between = std::chrono::seconds(3);
    }
    what.peeks = wish.peeks;
    what.takes_stacks = wish.takes_stacks;
    if (!wish.ready.empty()) {
        what.ask_ready = asker_of(wish.ready);
    }
}

void print_report(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

std::string report_of(const doctor::diagnosis& one, const doctor_wish& wish) {
    if (wish.as_json) {
        return as_json(one);
    }
    if (wish.as_markdown) {
        return as_markdown(one);
    }
    const auto on = screen_of(1);
    return as_text(one, {.has_colour = on.has_colour,
                         .has_utf8 = on.has_utf8,
                         .width = on.width == 0 ? 92 : on.width});
}

int run_doctor(const doctor_wish& wish) {
    try {
        auto what = subject_of(wish);
        complete(what, wish);
        if (wish.watches) {
            return watch(what, wish);
        }
        const doctor::diagnosis one(doctor::look(what));
        print_report(report_of(one, wish));
        return one.found.empty() ? status_ok : status_found;
    } catch (const doctor::look_error& e) {
        throw problem(e.what(), e.hint(), status_inconclusive);
    }
}

}  // namespace

int run_doctor_command(std::span<char* const> arguments) {
    command_line line("doctor", "why a process does not stop, or will not",
                      {"PID [OPTION...]",
                       "--port N | --unit NAME | --container ID | --service NAME [OPTION...]"});
    doctor_wish wish;
    line.word("a process id", false, wish.pid);
    line.number("--port", "whoever listens on this TCP port", 1, 65535, wish.port);
    line.text("--unit", "NAME", "the main process of a unit of systemd", wish.unit);
    line.text("--container", "ID", "the first process of a container of docker", wish.container);
    line.text("--service", "NAME", "a service of this agent", wish.service);
    line.text("--signal", "SIGNAL", "what it is stopped with [what its platform sends, or TERM]",
              wish.signal);
    line.text("--stopped-by", "FILE", "the script that stops it: how long does it wait?",
              wish.stopped_by);
    line.text("--since", "DURATION",
              "the signal was sent this long ago: what does the stop wait for?", wish.since);
    line.flag("-w,--watch", "follow a stop to its end, and name what keeps it as that changes",
              wish.watches);
    line.flag("--deep", "3 s between the two looks, instead of 1 s", wish.is_deep);
    line.flag("--peek", "opt-in: look into what clients have sent, and nobody has read yet",
              wish.peeks);
    line.flag("--stacks",
              "opt-in: the functions that threads sit in; each is stopped for\n"
              "some hundred microseconds",
              wish.takes_stacks);
    line.text("--ready", "URL",
              "opt-in: ask it while it stops whether it is ready: a GET over\n"
              "http, to this machine",
              wish.ready);
    line.flag("--json", "one JSON object", wish.as_json);
    line.flag("--md", "Markdown", wish.as_markdown);
    line.place_of_agent(wish.where);
    line.epilogue(
        "Reads only, and never signals anybody; what is opt-in is done only when asked for.\n"
        "`lastcall explain L14` tells more of a rule. docs/doctor.md\n\n"
        "  lastcall doctor --port 8080            will it stop?\n"
        "  lastcall doctor 4711 --since 20s       it was told to: why is it still there?\n\n"
        "Exit status: 0 nothing found, 2 usage, 3 findings, 4 could not look.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (const auto why = what_is_wrong(wish); !why.empty()) {
        return line.refuse(why);
    }
    return tell_problems("doctor", purpose::looks, [&] { return run_doctor(wish); });
}

}  // namespace lastcall::cli
