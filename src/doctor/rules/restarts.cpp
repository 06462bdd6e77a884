// L58: it ends, and somebody starts it again, so that it seems not to stop.
#include <algorithm>
#include <array>

#include "doctor/rules/connections.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

/// A program that starts again what ends, unless it is asked to stop it.
struct restarter {
    std::string_view in_command;
    std::string_view stop;
};
constexpr std::array restarters{
    restarter{"supervisord", "supervisorctl stop NAME"},
    restarter{"runsv ", "sv down NAME"},
    restarter{"s6-supervise", "s6-svc -d FOLDER"},
    restarter{"PM2 ", "pm2 stop NAME"},
    restarter{"bin/monit", "monit stop NAME"},
    restarter{"circusd", "circusctl stop NAME"},
};

/// Null: its parent is none that is known.
const restarter* restarter_above(const seen_process& one) {
    const auto found =
        std::find_if(restarters.begin(), restarters.end(), [&](const restarter& each) {
            return one.parent_command.find(each.in_command) != one.parent_command.npos;
        });
    return found == restarters.end() ? nullptr : &*found;
}

bool is_restarted_by(const platform_facts& platform) {
    return !platform.restart_policy.empty() && platform.restart_policy != "no";
}

std::string how_to_stop(const rule_case& one, const seen_process& process) {
    const auto& platform = one.of.platform;
    if (is_restarted_by(platform)) {
        const bool is_unit = platform.kind == platform_kind::systemd;
        return (is_unit ? "`systemctl stop " : "`docker stop ") + platform.id +
               "`: what ends in another way is started again (" +
               (is_unit ? "Restart=" : "restart policy ") + platform.restart_policy + ")";
    }
    if (const auto* above = restarter_above(process)) {
        return "`" + std::string(above->stop) + "`: " + process.parent_command +
               " starts again what ends in another way";
    }
    return "stop it by who starts it: pid " + std::to_string(process.entry.ppid) + " `" +
           process.parent_command + "`";
}

std::string age_text(const seen_process& one) {
    return seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(one.age)) + " ago";
}

std::string counter_name(const seen& of) {
    return of.platform.kind == platform_kind::systemd ? "NRestarts" : "RestartCount";
}

}  // namespace

void judge_restarts(const rule_case& one, findings& into) {
    constexpr auto clock_slack = std::chrono::seconds(2);
    constexpr auto very_young = std::chrono::seconds(10);
    const auto* entry = one.of.find(one.of.entry());
    if (entry == nullptr || entry->entry.is_dead()) {
        return;
    }
    const auto& platform = one.of.platform;
    const std::string name = "pid " + std::to_string(entry->pid());
    finding made{.rule = "L58",
                 .pid = entry->pid(),
                 .sure = core::confidence::proven,
                 .what = {},
                 .fix = how_to_stop(one, *entry),
                 .by = {{"start of " + name, age_text(*entry)}}};
    // Of others, it may as well be a wrong guess when the signal was sent.
    const bool is_younger_than_signal =
        (is_restarted_by(platform) || restarter_above(*entry) != nullptr) && one.of.since &&
        entry->age + clock_slack < *one.of.since;
    if (one.of.replaced) {
        made.what = "pid " + std::to_string(one.of.replaced->pid) +
                    " has ended, and was started again as this one";
        made.by.push_back(
            {"pid " + std::to_string(one.of.replaced->pid) + ", ended", one.of.replaced->command});
    } else if (one.of.restarts_later.value_or(platform.restarts) > platform.restarts) {
        made.what = "it was started again while it was looked at";
        made.by.push_back({counter_name(one.of), std::to_string(platform.restarts) + ", then " +
                                                     std::to_string(*one.of.restarts_later)});
    } else if (is_younger_than_signal) {
        made.sure = core::confidence::likely;
        made.what =
            "it was started after the signal was sent: who was told to stop has ended, "
            "and this one has come instead";
        made.by.push_back(
            {"signal",
             seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(*one.of.since)) +
                 " ago"});
    } else if (platform.restarts > 0 && entry->age < very_young) {
        made.sure = core::confidence::hint;
        made.what = "the platform has started it again by itself";
        made.by.push_back({counter_name(one.of), std::to_string(platform.restarts)});
    } else {
        return;
    }
    into.push_back(std::move(made));
}

}  // namespace lastcall::doctor
