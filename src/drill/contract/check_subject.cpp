#include "drill/contract/check_subject.hpp"

#include <string>
#include <vector>

namespace lastcall::drill {
namespace {

/// Where a command may be the event, and where it carries out a stop.
void check_event(const settings& chosen, bool has_subject) {
    const auto kind = chosen.sequence.kind;
    if (chosen.sequence.event.empty() || chosen.sequence.is_lived_through() ||
        kind == sequence_kind::rolling) {
        return;
    }
    const std::string name(to_string(kind));
    if (kind == sequence_kind::crash) {
        throw settings_error("--exec: a crash is SIGKILL, it has no command");
    }
    if (!has_subject) {
        throw settings_error("--exec with --sequence " + name +
                             " is the command that stops somebody: say whom (a command after --, "
                             "--pid, --container, --unit); without --sequence it is an event that "
                             "the service lives through");
    }
}

/// What is asked for and would have no effect.
void check_together(const settings& chosen) {
    const auto kind = chosen.sequence.kind;
    const std::string of = " is not for --sequence " + std::string(to_string(kind));
    if (chosen.with_init && kind != sequence_kind::docker && kind != sequence_kind::kubernetes) {
        throw settings_error("--init" + of + ": it is for docker and kubernetes");
    }
    if (!chosen.successor.empty() && kind != sequence_kind::rolling) {
        throw settings_error("--successor" + of + ": it is for rolling");
    }
    if (chosen.trials > 1 && chosen.sweep > 0) {
        throw settings_error("--trials and --sweep both say how many stops there are: give one");
    }
    if (chosen.sequence.second_signal && chosen.sequence.is_lived_through()) {
        throw settings_error("--second-signal follows a stop signal, and there is none here");
    }
}

}  // namespace

void check_one_subject(const subject_choice& who) {
    std::vector<std::string> given;
    const auto add = [&given](bool is_given, const char* what) {
        if (is_given) {
            given.emplace_back(what);
        }
    };
    add(!who.command.empty(), "a command after --");
    add(who.pid.has_value(), "--pid");
    add(!who.container.empty(), "--container");
    add(!who.unit.empty(), "--unit");
    if (given.size() < 2) {
        return;
    }
    std::string all;
    for (const auto& one : given) {
        all += (all.empty() ? "" : &one == &given.back() ? " and " : ", ") + one;
    }
    throw settings_error(all + " were given: a drill stops one of them");
}

void check_subject(const settings& chosen) {
    const auto& who = chosen.who;
    check_one_subject(who);
    const bool is_named =
        !who.command.empty() || who.pid || !who.container.empty() || !who.unit.empty();
    const bool has_event = !chosen.sequence.event.empty();
    if (!is_named && !has_event) {
        throw settings_error(
            "nobody to stop: give a command after --, or --pid, --container, "
            "--unit; or --exec with a command during which nothing may be lost");
    }
    check_event(chosen, is_named);
    check_together(chosen);
    const bool again = !who.command.empty() || !who.container.empty() || !who.unit.empty() ||
                       chosen.sequence.is_lived_through();
    if (!again && (chosen.trials > 1 || chosen.sweep > 0)) {
        throw settings_error(
            "--trials and --sweep need a service that can be started again: a "
            "command after --, --container or --unit");
    }
    if (who.command.empty() && (chosen.sequence.kind == sequence_kind::docker ||
                                chosen.sequence.kind == sequence_kind::rolling)) {
        throw settings_error("--sequence " + std::string(to_string(chosen.sequence.kind)) +
                             " starts the service itself: give its command after --");
    }
    if (!chosen.effects.list.empty() && who.command.empty()) {
        throw settings_error(
            "effects: list asks the restarted service: give its command after "
            "--, or use list_command");
    }
}

}  // namespace lastcall::drill
