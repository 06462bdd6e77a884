// Which signal stops the container, and what it means to the program: D04 to D06, D12.
#include <algorithm>

#include "core/software.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

/// The name of the program that a container of this stage runs in the end; empty: not known.
std::string program_of(const docker_case& given) {
    const auto* hop = given.chain().program();
    return hop == nullptr ? std::string() : hop->call.name;
}

bool has_argument(const docker_case& given, std::string_view option) {
    const auto* hop = given.chain().program();
    return hop != nullptr && !option.empty() &&
           std::any_of(hop->words.begin(), hop->words.end(), [&](const launch_word& one) {
               // Its configuration, which may say the same, is not read here.
               return one.what.is(option) || one.what.what.text.ends_with(".ini");
           });
}

void check_own_signal(const docker_stage& stage, const docker_case& given) {
    if (!stage.stop_signal || stage.stop_signal->from == nullptr ||
        !stage.stop_signal->value.is_known) {
        return;
    }
    const auto& text = stage.stop_signal->value.text.text();
    const auto name = shell::signal_name(text);
    const auto at = stage.stop_signal->from->rest.whole(given.file().lines);
    const bool is_signal = name && (shell::signal_number(*name) != 0 || name->starts_with("RT"));
    if (!is_signal) {
        given.report().add("D05", at, "\"" + text + "\" is no signal").sure = confidence::proven;
    } else if (*name == "KILL" || *name == "STOP") {
        given.report()
            .add("D05", at, "no program can do anything on SIG" + std::string(*name))
            .sure = confidence::proven;
    }
}

/// The stop signal of a base image that is for another program than the one that runs here.
bool is_inherited_for_another(const docker_case& given, const std::string& signal,
                              const std::string& program) {
    const auto* known = given.stage()->known;
    if (given.stop_signal_by() != nullptr || signal == "TERM" || known == nullptr ||
        known->runtime.empty() || given.started_by() == nullptr) {
        return false;
    }
    const auto* of_base = core::find_software(known->runtime);
    const auto* of_this = core::find_software(program);
    return of_base != nullptr && of_this != of_base &&
           (of_this == nullptr || !of_this->ends_in_order(signal));
}

}  // namespace

void check_stop_signal(const docker_case& given) {
    for (const docker_stage& one : given.build().stages) {
        // A stage on top of another has the signal from there, where it was reported.
        if (one.stop_signal && one.stop_signal->from != nullptr &&
            (!one.base_stage ||
             given.build().stages[*one.base_stage].stop_signal.value_or(docker_text{}).from !=
                 one.stop_signal->from)) {
            check_own_signal(one, given);
        }
    }
    const auto signal = given.stop_signal();
    const std::string program = program_of(given);
    if (!signal || program.empty() || *signal == "KILL" || *signal == "STOP") {
        return;
    }
    if (is_inherited_for_another(given, *signal, program)) {
        auto& made = given.report().add("D06", given.started_at(),
                                        "the base image " + given.stage()->image.name +
                                            " is stopped with SIG" + *signal + ", and so is \"" +
                                            program + "\", for which that was not meant");
        made.further.push_back({given.report().file(), given.stage()->at, "the base image"});
        const auto* software = core::find_software(program);
        made.fix = "STOPSIGNAL SIG" +
                   std::string(software != nullptr ? software->best() : std::string_view("TERM"));
        return;
    }
    const auto* software = core::find_software(program);
    if (software == nullptr || software->ends_in_order(*signal) ||
        (*signal == "TERM" && has_argument(given, software->term_option))) {
        return;
    }
    const auto* by = given.stop_signal_by();
    const auto at = by != nullptr                   ? by->rest.whole(given.file().lines)
                    : given.started_by() != nullptr ? given.started_at()
                                                    : given.stage()->at;
    auto& made = given.report().add("D04", at,
                                    "on SIG" + *signal + " " + std::string(software->name) + " " +
                                        std::string(software->other));
    made.fix = "STOPSIGNAL SIG" + std::string(software->best());
    made.source = software->source;
    made.sure = confidence::proven;
}

void check_reduced_signals(const docker_case& given) {
    constexpr std::string_view option = "-Xrs";
    for (const docker_instruction& one : given.file().instructions) {
        const auto& text = one.rest.text();
        const auto at = text.find(option);
        const bool is_variable = one.name == "ENV" && (text.find("JAVA") != std::string::npos ||
                                                       text.find("JDK") != std::string::npos);
        const bool is_start =
            &one == given.started_by() || (given.stage()->cmd && given.stage()->cmd->from == &one);
        if (at != std::string::npos && (is_variable || is_start)) {
            given.report()
                .add("D12", one.rest.place_of(at, option.size(), given.file().lines),
                     "with -Xrs the virtual machine runs no shutdown hooks on the stop signal")
                .sure = confidence::proven;
        }
    }
}

}  // namespace lastcall::lint
