// A.6: what the platform does, and how long it waits.
#include <algorithm>
#include <array>

#include <lastcall/duration.hpp>

#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

/// L54: which part of the unit's stop takes the time.
void judge_phase(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (!unit.is_stopping()) {
        return;
    }
    std::string what = "the stop of the unit is at " + unit.sub;
    std::string fix = "what keeps the process is told beside this";
    std::string sub = unit.sub;
    if (unit.sub_age) {
        sub += ", for " + to_text(std::chrono::floor<std::chrono::seconds>(*unit.sub_age));
    }
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
                    .by = {{"ActiveState", unit.active}, {"SubState", sub}}});
}

/// It is over, and some of it is there.
bool is_left_over(const platform_facts& unit) {
    return unit.kind == platform_kind::systemd && unit.main_pid == 0 && !unit.is_stopping() &&
           !unit.members.empty();
}

/// L55: a KillMode that leaves others behind, or a stop without an end.
void judge_kill_mode(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (unit.kind != platform_kind::systemd || is_left_over(unit)) {
        return;
    }
    // With none not even the main process is signalled.
    const bool leaves_main = unit.signals_nobody();
    const auto others = static_cast<std::size_t>(std::count_if(
        unit.members.begin(), unit.members.end(),
        [&](int pid) { return pid != unit.control_pid && (leaves_main || pid != unit.main_pid); }));
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

/// L56: systemd has not even begun, as the stop of another unit comes first.
void judge_job(const rule_case& one, findings& into) {
    const auto& job = one.of.platform.job;
    if (job.type != "stop" || job.state != "waiting" || job.waits_for.empty()) {
        return;
    }
    std::string others;
    for (const auto& other : job.waits_for) {
        others += (others.empty() ? "" : ", ") + other;
    }
    const auto& first = job.waits_for.front();
    const auto unit = first.substr(0, first.rfind('/'));
    into.push_back({.rule = "L56",
                    .pid = one.of.platform.main_pid,
                    .sure = core::confidence::proven,
                    .what = "systemd has not begun to stop " + one.of.platform.id +
                            ": its job waits for " + others,
                    .fix = "look at that one: lastcall doctor --unit " + unit +
                           "; the order comes from Before= and After= of the two",
                    .by = {{"job " + std::to_string(job.id),
                            one.of.platform.id + "/" + job.type + ", " + job.state},
                           {"waiting for", others}}});
}

/// L57: who is left over, by name.
void judge_leftovers(const rule_case& one, findings& into) {
    const auto& unit = one.of.platform;
    if (!is_left_over(unit)) {
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
                 .by = {{"ActiveState", unit.active}, {"KillMode", unit.kill_mode}}};
    for (const int pid : unit.members) {
        if (const auto* process = one.of.find(pid)) {
            made.by.push_back({"pid " + std::to_string(pid), process->command});
        }
    }
    into.push_back(std::move(made));
}

/// nginx renames a worker that is to end.
bool is_leaving_nginx(const rule_case&, const seen_process& worker) {
    return worker.command.find("worker process is shutting down") != std::string::npos;
}

/// HAProxy starts the next generation with the ids of those that are to end: "-sf 12 13".
bool is_leaving_haproxy(const rule_case& one, const seen_process& worker) {
    const auto id = std::to_string(worker.namespace_pid);
    return worker.program == "haproxy" &&
           std::any_of(
               one.of.second.processes.begin(), one.of.second.processes.end(),
               [&](const auto& each) {
                   const auto& words = each.second.arguments;
                   const auto told = std::find(words.begin(), words.end(), "-sf");
                   const auto end =
                       std::find_if(told == words.end() ? told : told + 1, words.end(),
                                    [](const std::string& word) { return word.starts_with('-'); });
                   return each.second.program == "haproxy" && std::find(told, end, id) != end;
               });
}

struct leaving_generation {
    bool (*is_leaving)(const rule_case& one, const seen_process& worker);
    std::string_view fix;
};
constexpr std::array leaving_generations{
    leaving_generation{is_leaving_nginx, "worker_shutdown_timeout in nginx.conf gives them an end"},
    leaving_generation{is_leaving_haproxy, "hard-stop-after in haproxy.cfg gives them an end"},
};

/// L59: a generation that was told to end, and has not.
void judge_generation(const rule_case& one, const leaving_generation& kind, findings& into) {
    std::size_t count = 0;
    const seen_process* sample = nullptr;
    for (const auto& [pid, process] : one.of.second.processes) {
        const auto* before = one.of.before(pid);
        if (before != nullptr && before->command == process.command &&
            kind.is_leaving(one, process)) {
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
             .what = std::to_string(count) +
                     (count == 1 ? " worker of an earlier generation still serves"
                                 : " workers of an earlier generation still serve") +
                     " old connections",
             .fix = std::string(kind.fix),
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

/// L62: who asks it goes on sending it connections.
void judge_readiness(const rule_case& one, findings& into) {
    constexpr auto flips_within = std::chrono::seconds(1);
    const auto& answer = one.of.readiness;
    if (!answer || answer->status < 200 || answer->status > 299 || one.of.shares_port ||
        one.of.since.value_or(flips_within) < flips_within) {
        return;
    }
    const auto& all = one.of.second.sockets;
    const auto owner = std::find_if(all.begin(), all.end(), [&](const seen_socket& each) {
        return each.listens() && each.line.local_port == answer->port && !each.owners.empty();
    });
    if (owner == all.end()) {
        return;  // somebody else has answered
    }
    into.push_back({.rule = "L62",
                    .pid = owner->owners.front(),
                    .how = weight::loses,
                    .sure = core::confidence::likely,
                    .what = "it was told to stop, and still says that it is ready: a load balancer "
                            "that asks it goes on sending it connections",
                    .fix = "let the readiness answer 503 from the signal on, and close the "
                           "listening socket only once that was seen",
                    .by = {{"GET " + answer->url, std::to_string(answer->status)}}});
}

}  // namespace

void judge_platform(const rule_case& one, findings& into) {
    judge_phase(one, into);
    judge_kill_mode(one, into);
    judge_job(one, into);
    judge_leftovers(one, into);
    judge_readiness(one, into);
    for (const auto& kind : leaving_generations) {
        judge_generation(one, kind, into);
    }
    judge_pid_file(one, into);
}

}  // namespace lastcall::doctor
