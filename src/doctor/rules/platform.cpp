// A.6: what the platform does, and how long it waits.
#include <algorithm>

#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

/// L54: which part of the unit's stop takes the time.
void judge_phase(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (!unit.is_stopping()) {
        return;
    }
    std::string what = "systemd is at " + unit.sub + " of its stop";
    std::string fix = "`systemctl status` tells since when; what keeps the process is told below";
    if (unit.sub == "stop" || unit.sub == "stop-post" || unit.sub == "final-sigterm") {
        what += unit.sub == "stop"
                    ? ": ExecStop= has not ended, and the stop signal was not sent yet"
                    : ": the main process has ended, and what runs behind it has not";
        fix = "look at pid " + std::to_string(unit.control_pid) + ", and give it a limit";
    }
    into.push_back({.rule = "L54",
                    .pid = unit.control_pid,
                    .sure = core::confidence::proven,
                    .what = what,
                    .fix = fix,
                    .by = {{"ActiveState", unit.active}, {"SubState", unit.sub}}});
}

/// L55: a KillMode that leaves others behind, or a stop without an end.
void judge_kill_mode(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (unit.kind != platform_kind::systemd) {
        return;
    }
    const auto others = static_cast<std::size_t>(
        std::count_if(unit.members.begin(), unit.members.end(),
                      [&](int pid) { return pid != unit.main_pid && pid != unit.control_pid; }));
    if ((unit.kill_mode == "process" || unit.kill_mode == "none") && others > 0) {
        into.push_back(
            {.rule = "L55",
             .pid = unit.main_pid,
             .how = weight::remains,
             .sure = core::confidence::proven,
             .what = "KillMode=" + unit.kill_mode + " leaves " + std::to_string(others) +
                     (others == 1 ? " process" : " processes") + " of its cgroup running",
             .fix = "KillMode=mixed, or control-group",
             .by = {{"KillMode", unit.kill_mode},
                    {"cgroup.procs", std::to_string(unit.members.size()) +
                                         (unit.members.size() == 1 ? " process" : " processes")}}});
    }
    if (unit.never_kills && unit.grace == std::chrono::nanoseconds::max()) {
        into.push_back({.rule = "L55",
                        .pid = unit.main_pid,
                        .sure = core::confidence::proven,
                        .what = "SendSIGKILL=no and TimeoutStopSec=infinity: a process that does "
                                "not end keeps the stop waiting for ever",
                        .fix = "give TimeoutStopSec= a limit, and leave SendSIGKILL= as it is",
                        .by = {{"SendSIGKILL", "no"}, {"TimeoutStopUSec", "infinity"}}});
    }
}

/// L57: the service is over, and some of it is there.
void judge_leftovers(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (unit.kind != platform_kind::systemd || unit.main_pid != 0 || unit.is_stopping() ||
        unit.members.empty()) {
        return;
    }
    finding made{.rule = "L57",
                 .pid = unit.members.front(),
                 .how = weight::remains,
                 .sure = core::confidence::proven,
                 .what = std::to_string(unit.members.size()) +
                         (unit.members.size() == 1 ? " process" : " processes") + " of " +
                         unit.name + " survived its stop",
                 .fix = "KillMode=mixed or control-group ends them with the service",
                 .by = {{"ActiveState", unit.active}}};
    for (const int pid : unit.members) {
        if (const auto* process = one.of.find(pid)) {
            made.by.push_back({"pid " + std::to_string(pid), process->command});
        }
    }
    into.push_back(std::move(made));
}

/// L59: a generation that was told to end, and has not.
void judge_generations(const rule_case& one, findings& into) {
    constexpr std::string_view leaving = "worker process is shutting down";
    std::size_t count = 0;
    const seen_process* sample = nullptr;
    for (const auto& [pid, process] : one.of.second.processes) {
        const auto* before = one.of.before(pid);
        if (before != nullptr && process.command.find(leaving) != std::string::npos &&
            before->command == process.command) {
            ++count;
            sample = &process;
        }
    }
    if (count > 0) {
        into.push_back(
            {.rule = "L59",
             .pid = sample->pid(),
             .how = weight::remains,
             .sure = core::confidence::likely,
             .what = std::to_string(count) + (count == 1 ? " worker" : " workers") +
                     " of an earlier generation still serve old connections",
             .fix = "worker_shutdown_timeout in nginx.conf gives them an end",
             .by = {{"command of pid " + std::to_string(sample->pid()), sample->command}}});
    }
}

/// L61: whoever stops it by this file signals somebody else.
void judge_pid_file(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (unit.pid_file.empty() || unit.main_pid == 0 || unit.pid_in_file == 0 ||
        unit.pid_in_file == unit.main_pid) {
        return;
    }
    into.push_back({.rule = "L61",
                    .pid = unit.main_pid,
                    .how = weight::loses,
                    .sure = core::confidence::proven,
                    .what = unit.pid_file + " names pid " + std::to_string(unit.pid_in_file) +
                            ", and the main process is " + std::to_string(unit.main_pid),
                    .fix = "let systemd stop it, without the file; or write the file anew at "
                           "each start",
                    .by = {{unit.pid_file, std::to_string(unit.pid_in_file)},
                           {"MainPID", std::to_string(unit.main_pid)}}});
}

}  // namespace

void judge_platform(const rule_case& one, findings& into) {
    judge_phase(one, into);
    judge_kill_mode(one, into);
    judge_leftovers(one, into);
    judge_generations(one, into);
    judge_pid_file(one, into);
}

}  // namespace lastcall::doctor
