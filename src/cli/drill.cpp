// lastcall drill
#include <iostream>

#include "cli/command.hpp"
#include "cli/drill_options.hpp"
#include "cli/drill_output.hpp"
#include "cli/drill_screen.hpp"
#include "drill/record/event_log.hpp"
#include "drill/run.hpp"
#include "drill/verdict/verdict.hpp"
#include "sys/signal/interrupt.hpp"

namespace lastcall::cli {
namespace {

int drill_and_report(drill::settings chosen, const drill_options& how) {
    drill::follow_platform(chosen);
    const auto directory = drill::fill_places(chosen);
    std::vector<drill::lane_facts> left_out;
    drill::plan_load(chosen, left_out);
    std::optional<drill::read_run> baseline;
    if (!chosen.baseline.empty()) {
        baseline = drill::read_event_log(chosen.baseline);
    }
    check_outputs(chosen.files);
    const auto& interrupted = sys::catch_interrupts();
    drill_screen screen(how);
    const auto run = drill::run_drill(chosen, left_out, screen, interrupted);
    screen.close();
    const auto made = drill::judge(run, baseline ? &baseline->run : nullptr);
    return write_reports(run, made, chosen) ? made.exit_status() : status_failed;
}

}  // namespace

int run_drill_command(std::span<char* const> arguments) {
    const std::string_view first = arguments.empty() ? std::string_view{} : arguments.front();
    if (first == "judge") {
        return run_drill_judge(arguments.subspan(1));
    }
    if (first == "compare") {
        return run_drill_compare(arguments.subspan(1));
    }
    auto parsed = parse_drill(arguments);
    if (!parsed.options) {
        return parsed.status;
    }
    try {
        return drill_and_report(parsed.options->chosen, *parsed.options);
    } catch (const drill::settings_error& e) {
        std::cerr << "lastcall drill: " << e.what() << "\n";
        return status_usage;
    } catch (const std::runtime_error& e) {  // drill_error, event_log_error, system_error
        std::cerr << "lastcall drill: " << e.what() << "\n";
        return status_failed;
    }
}

}  // namespace lastcall::cli
