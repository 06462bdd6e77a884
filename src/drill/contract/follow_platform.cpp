#include "drill/contract/check_subject.hpp"
#include "drill/contract/settings.hpp"
#include "drill/sequence/unit_file.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill {
namespace {

std::chrono::nanoseconds usual_grace(const settings& chosen) {
    constexpr auto of_docker_stop = std::chrono::seconds(10);
    const auto& sequence = chosen.sequence;
    if (sequence.is_lived_through() && !sequence.event.empty()) {
        return std::chrono::minutes(10);  // of a deploy, not of a stop
    }
    switch (sequence.kind) {
        case sequence_kind::docker:
            return of_docker_stop;
        case sequence_kind::systemd:
            return std::chrono::seconds(90);  // DefaultTimeoutStopSec
        case sequence_kind::plain:
            if (!chosen.who.container.empty()) {
                return of_docker_stop;  // which is what stops it
            }
            [[fallthrough]];
        default:
            return std::chrono::seconds(30);  // terminationGracePeriodSeconds
    }
}

sequence_plan read_unit_file(const settings& chosen) {
    if (chosen.sequence.kind != sequence_kind::systemd) {
        throw settings_error("--unit-file is for --sequence systemd, not " +
                             std::string(to_string(chosen.sequence.kind)));
    }
    try {
        return read_unit(chosen.unit_file);
    } catch (const std::runtime_error& e) {
        throw settings_error(e.what());
    }
}

void follow_unit_file(settings& into, const sequence_plan& unit) {
    auto& sequence = into.sequence;
    sequence.exec_stop = unit.exec_stop;
    sequence.exec_stop_post = unit.exec_stop_post;
    sequence.mode = unit.mode;
    sequence.send_sigkill = unit.send_sigkill;
    sequence.send_sighup = unit.send_sighup;
    sequence.final_signal = unit.final_signal;
}

platform_settings settings_of_platform(const subject_choice& who) {
    if (!who.container.empty()) {
        return settings_of_container(who.container);
    }
    return who.unit.empty() ? platform_settings{} : settings_of_unit(who.unit);
}

}  // namespace

void follow_platform(settings& into) {
    auto& sequence = into.sequence;
    check_one_subject(into.who);
    platform_settings of_platform = settings_of_platform(into.who);
    if (!into.unit_file.empty()) {
        const auto unit = read_unit_file(into);
        follow_unit_file(into, unit);
        of_platform = {unit.signal, unit.grace};
    }
    if (!into.signal_is_chosen) {
        constexpr int hangup = 1;
        sequence.signal = sequence.kind == sequence_kind::reload
                              ? hangup
                              : of_platform.signal.value_or(sequence.signal);
    }
    if (!into.grace_is_chosen) {
        sequence.grace = of_platform.grace.value_or(usual_grace(into));
    }
}

}  // namespace lastcall::drill
