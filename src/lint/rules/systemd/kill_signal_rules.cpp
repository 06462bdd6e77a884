// The signal that stops the main process, and how its end is judged: U07, U10.
#include <algorithm>

#include "core/software.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/rules/systemd/front_process.hpp"
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

/// Its configuration, which may say something else about signals, is not read here.
bool has_unread_settings(const launch_hop& hop, const core::software& of) {
    return !of.term_option.empty() &&
           std::any_of(hop.words.begin(), hop.words.end(), [&](const launch_word& one) {
               const std::string_view text = one.what.what.text;
               return !one.what.is_known() || one.what.is(of.term_option) ||
                      text.ends_with(".ini") || text.ends_with(".xml") || text.ends_with(".yml") ||
                      text.ends_with(".yaml") || text.ends_with(".json") ||
                      text.starts_with("--emperor");
           });
}

void check_hopeless(const unit_case& given, const unit_source& said) {
    const auto number = unit_signal(said.text());
    const auto* what = !number        ? " is no signal for systemd, which passes over the line"
                       : *number == 9 ? " cannot be handled: the program is killed at once, with "
                                        "all that is in flight"
                                      : " stops the program where it is, and does not end it";
    if (number && *number != 9 && *number != 19) {
        return;
    }
    auto* made = given.add("U07", said, "\"" + said.text() + "\"" + what);
    if (made == nullptr) {
        return;
    }
    made->sure = confidence::proven;
    made->how = severity::error;
    if (number) {
        made->edits.push_back({said.setting->at, "SIGTERM"});
        made->fix = "KillSignal=SIGTERM, or the signal on which the program ends in order";
    }
}

void check_program_signal(const unit_case& given, const std::optional<unit_source>& said) {
    const auto* run = given.main_run();
    const auto signal = given.stop_signal();
    const auto type = given.type();
    const bool is_sent = !given.kill_mode().empty() && given.kill_mode() != "none";
    // With a command for the stop the signal is for what that leaves behind: U05.
    if (run == nullptr || !signal || *signal == "KILL" || *signal == "STOP" || !is_sent ||
        !given.stops().empty() || type == service_type::oneshot || type == service_type::unknown) {
        return;
    }
    const auto* hop = run->chain.program();
    const auto* software = hop == nullptr ? nullptr : core::find_software(hop->call.name);
    if (software == nullptr || software->ends_in_order(*signal) ||
        (*signal == "TERM" && has_unread_settings(*hop, *software))) {
        return;
    }
    const auto& from = said ? *said : run->from();
    auto* made = given.add("U07", from,
                           "on SIG" + *signal + " " + std::string(software->name) + " " +
                               std::string(software->other));
    if (made == nullptr) {
        return;
    }
    made->source = software->source;
    made->fix = "KillSignal=SIG" + std::string(software->best());
}

/// The command for the stop is a kill with SIGTERM, as systemd's own is.
bool is_plain_kill(const unit_run& run) {
    const auto steps = steps_of(run.chain);
    return !steps.empty() && std::all_of(steps.begin(), steps.end(), [](const auto& one) {
        const auto stop = shell::stop_request_of(one);
        return stop && stop->way == shell::stop_way::kill && !stop->only_asks &&
               stop->signal.value_or("TERM") == "TERM";
    });
}

}  // namespace

void check_kill_signal(const unit_case& given) {
    const auto said = given.said_last("Service", "KillSignal");
    if (said && given.is_templated("Service", "KillSignal")) {
        return;
    }
    if (said && !said->text().empty()) {
        check_hopeless(given, *said);
    }
    check_program_signal(given, said && unit_signal(said->text()) ? said : std::nullopt);
}

void check_exit_status(const unit_case& given) {
    const auto* run = given.main_run();
    if (run == nullptr || !given.is_long_running() || !given.is_whole() ||
        given.stop_signal() != "TERM" || front_of(*run) ||
        !std::all_of(given.stops().begin(), given.stops().end(), is_plain_kill)) {
        return;
    }
    const auto* hop = run->chain.program();
    if (hop == nullptr || hop->call.name != "java" ||
        std::any_of(hop->words.begin(), hop->words.end(),
                    [](const launch_word& one) { return one.what.is("-Xrs"); })) {
        return;
    }
    for (const auto& [word, from] : given.view().words("Service", "SuccessExitStatus")) {
        if (word.text() == "143" || is_template_text(word.text())) {
            return;
        }
    }
    auto* made = given.add("U10", run->from(),
                           "the Java virtual machine ends with status 143 on SIGTERM, and systemd "
                           "takes that for a failure");
    if (made == nullptr) {
        return;
    }
    const auto end = run->from().file->lines.at(run->at().offset + run->at().size);
    made->edits.push_back({end, "\nSuccessExitStatus=143"});
    made->fix = "SuccessExitStatus=143";
}

}  // namespace lastcall::lint
