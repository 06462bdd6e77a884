// lastcall drill judge EVENTS: a recorded run is judged again.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command.hpp"
#include "cli/drill_help.hpp"
#include "cli/drill_output.hpp"
#include "cli/drill_refusal.hpp"
#include "drill/record/event_log.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::cli {

int run_drill_judge(std::span<char* const> arguments) {
    CLI::App app("judges a recorded run again, perhaps by another policy", "lastcall drill judge");
    set_help(app, "drill judge", {"EVENTS [OPTION...]"});
    app.footer(
        "EVENTS is what `lastcall drill --events` has written.\n\n"
        "  lastcall drill judge events.ndjson --policy lb\n\n"
        "Exit status: 0 pass, 1 the log cannot be read, 2 usage, 3 losses or a broken criterion,\n"
        "4 inconclusive.\n");
    std::string events;
    std::string policy;
    std::string baseline;
    drill::settings chosen;
    std::string shed;
    app.add_option("events", events, "an event log of `lastcall drill --events`")
        ->required()
        ->type_name("FILE");
    app.add_option("--policy", policy, "strict or lb [as it was judged]")->type_name("POLICY");
    app.add_option("--shed", shed, "503 after the signal is ok, or a fail")->type_name("ok|fail");
    app.add_option("--baseline", baseline, "an earlier event log to compare with")
        ->type_name("FILE");
    add_output_options(app, chosen);
    std::vector<char*> argv{const_cast<char*>("lastcall drill judge")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    try {
        app.parse(static_cast<int>(argv.size()), argv.data());
    } catch (const CLI::ParseError& e) {
        return tell_of(app, e, arguments);
    }
    const auto by = drill::policy_from(policy);
    if ((!policy.empty() && !by) || (!shed.empty() && shed != "ok" && shed != "fail")) {
        std::cerr << "lastcall drill judge: "
                  << (by || policy.empty()
                          ? "--shed: \"" + shed + "\" is neither ok nor fail"
                          : "--policy: \"" + policy + "\" is neither strict nor lb")
                  << "\n";
        return status_usage;
    }
    try {
        auto read = drill::read_event_log(events);
        if (!read.is_whole) {
            std::cerr << "lastcall drill judge: " << events
                      << " has no last line: the drill was ended while it wrote\n";
        }
        if (by) {
            read.run.expected.judge_by = *by;
        }
        if (!shed.empty()) {
            read.run.expected.shedding_is_fine = shed == "ok";
        }
        std::optional<drill::read_run> before;
        if (!baseline.empty()) {
            before = drill::read_event_log(baseline);
        }
        const auto made = drill::judge(read.run, before ? &before->run : nullptr);
        return write_reports(read.run, made, chosen) ? made.exit_status() : status_failed;
    } catch (const std::runtime_error& e) {
        std::cerr << "lastcall drill judge: " << e.what() << "\n";
        return status_failed;
    }
}

}  // namespace lastcall::cli
