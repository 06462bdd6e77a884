// What is killed at the end of a stop, and whether anything is: U01, U04.
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

/// Those that have the settings of systemd.kill(5).
constexpr std::string_view killing_sections[] = {"Service", "Socket", "Mount", "Swap", "Scope"};

constexpr std::string_view kill_mode_words[] = {"control-group", "mixed", "process", "none"};

void check_no_kill(const unit_case& given, std::string_view section) {
    const auto mode = given.view().choice(section, "KillMode", kill_mode_words);
    if (!mode || mode->text() != "none" || given.is_templated(section, "KillMode")) {
        return;
    }
    const bool has_stop = section != "Service" || !given.stops().empty() || !given.is_whole();
    if (auto* made = given.add(
            "U01", *mode,
            has_stop
                ? "whatever the stop command leaves behind goes on running, and is in nobody's "
                  "hands"
                : "the unit is \"stopped\" without any of its processes being told")) {
        made->sure = confidence::proven;
    }
}

void check_no_sigkill(const unit_case& given, std::string_view section) {
    const auto sends = given.view().boolean(section, "SendSIGKILL");
    if (!sends || sends->value || given.is_templated(section, "SendSIGKILL")) {
        return;
    }
    const auto timeout = given.stop_timeout();
    const bool is_endless = section == "Service" && timeout && timeout->value == no_limit;
    const auto mode = section == "Service" ? given.kill_mode() : std::string_view();
    const bool blocks_start = mode == "control-group" || mode == "mixed";
    const std::string_view what =
        is_endless     ? "a stop has neither a time limit nor a SIGKILL: a process that does not "
                         "end holds up the stop, and the shutdown of the machine, for good"
        : blocks_start ? "what does not end in time is left running, and as long as it does, the "
                         "unit does not start again"
                       : "what does not end in time is left running, and the next start runs "
                         "beside it";
    auto* made = given.add("U04", sends->from, std::string(what));
    if (made == nullptr) {
        return;
    }
    made->sure = confidence::proven;
    if (is_endless) {
        made->further.push_back(further_at(timeout->from, "no time limit"));
    }
}

}  // namespace

void check_kill_mode(const unit_case& given) {
    for (const std::string_view section : killing_sections) {
        check_no_kill(given, section);
        check_no_sigkill(given, section);
    }
}

}  // namespace lastcall::lint
