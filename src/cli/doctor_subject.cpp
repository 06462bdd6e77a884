#include "cli/doctor_subject.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

#include "cli/json_fields.hpp"
#include "cli/problem.hpp"
#include "drill/sequence/time_span.hpp"
#include "drill/subject/command_result.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/open_files.hpp"
#include "sys/signal/signal_names.hpp"
#include "sys/socket/notify.hpp"

namespace lastcall::cli {
namespace {

using doctor::platform_facts;
using doctor::platform_kind;
using drill::number_of;
using drill::value_of;

constexpr const char* unit_properties =
    "--property=LoadState,ActiveState,SubState,MainPID,ControlPID,KillMode,KillSignal,SendSIGKILL,"
    "TimeoutStopUSec,ControlGroup,PIDFile,StateChangeTimestampMonotonic,Restart,NRestarts,Job";

std::string last_words_of(const std::string& output) {
    const auto end = output.find_last_not_of('\n');
    if (end == std::string::npos) {
        return "nothing";
    }
    const auto begin = output.rfind('\n', end);
    return output.substr(begin + 1, end - begin);
}

/// `since`: microseconds of the monotonic clock, as systemd writes a moment.
std::optional<std::chrono::nanoseconds> age_since(std::string_view since) {
    std::uint64_t at = 0;
    std::from_chars(since.data(), since.data() + since.size(), at);
    const std::chrono::nanoseconds age =
        std::chrono::steady_clock::now().time_since_epoch() - std::chrono::microseconds(at);
    return at == 0 || age.count() < 0 ? std::nullopt : std::optional(age);
}

/// "second.service/stop" of "waiting for job 198 (second.service/stop)".
std::string waited_for(std::string_view line) {
    constexpr std::string_view start = "waiting for job ";
    const auto at = line.find(start);
    const auto begin = at == line.npos ? at : line.find('(', at);
    const auto end = begin == line.npos ? begin : line.find(')', begin);
    return end == line.npos ? "" : std::string(line.substr(begin + 1, end - begin - 1));
}

/// systemd prints a line for each job, and below it one for each that it waits for.
doctor::unit_job job_of(int id) {
    doctor::unit_job made;
    const auto asked =
        drill::run_command({"systemctl", "list-jobs", "--before", "--full", "--no-legend"});
    std::istringstream lines(asked.output);
    bool is_below = false;
    for (std::string line; asked.status == 0 && std::getline(lines, line);) {
        if (const auto other = waited_for(line); !other.empty()) {
            if (is_below) {
                made.waits_for.push_back(other);
            }
            continue;
        }
        std::istringstream words(line);
        int number = 0;
        std::string unit;
        std::string type;
        std::string state;
        is_below = words >> number >> unit >> type >> state && number == id;
        if (is_below) {
            made.id = static_cast<std::uint32_t>(number);
            made.type = type;
            made.state = state;
        }
    }
    return made;
}

platform_facts facts_of_unit(const std::string& name) {
    const auto asked = drill::run_command({"systemctl", "show", unit_properties, "--", name});
    if (!asked.is_there || asked.status != 0) {
        throw problem("unit " + name + ": systemd cannot be asked: " + last_words_of(asked.output),
                      "give the process id or --port instead", status_inconclusive);
    }
    if (value_of(asked.output, "LoadState") == "not-found") {
        throw problem("there is no unit " + name,
                      "systemctl list-units --type=service lists those that run",
                      status_inconclusive);
    }
    const auto& text = asked.output;
    platform_facts made;
    made.kind = platform_kind::systemd;
    made.name = "unit " + name;
    made.id = name;
    made.main_pid = number_of(value_of(text, "MainPID"));
    made.control_pid = number_of(value_of(text, "ControlPID"));
    made.kill_mode = value_of(text, "KillMode");
    made.never_kills = value_of(text, "SendSIGKILL") == "no";
    made.active = value_of(text, "ActiveState");
    made.sub = value_of(text, "SubState");
    made.sub_age = age_since(value_of(text, "StateChangeTimestampMonotonic"));
    made.stop_signal = sys::signal_number(value_of(text, "KillSignal"));
    made.grace = drill::read_time_span(value_of(text, "TimeoutStopUSec"));
    made.grace_source = "TimeoutStopUSec";
    made.grace_setting = "TimeoutStopSec";
    made.restart_policy = value_of(text, "Restart");
    made.restarts = number_of(value_of(text, "NRestarts"));
    if (const int job = number_of(value_of(text, "Job")); job != 0) {
        made.job = job_of(job);
    }
    made.pid_file = value_of(text, "PIDFile");
    if (std::ifstream file(made.pid_file); !made.pid_file.empty() && file) {
        file >> made.pid_in_file;
    }
    // Without a group of its own (it does not run) the name is empty: that would be everybody.
    const std::string group(value_of(text, "ControlGroup"));
    const auto folder = group.size() > 1 ? sys::folder_of_cgroup(group) : std::string();
    if (!folder.empty()) {
        made.members = sys::processes_of_cgroup(folder);
    }
    return made;
}

platform_facts facts_of_container(const std::string& name) {
    constexpr auto fields =
        "Pid={{.State.Pid}}\nStatus={{.State.Status}}\nStopSignal={{.Config.StopSignal}}\n"
        "StopTimeout={{.Config.StopTimeout}}\nRestart={{.HostConfig.RestartPolicy.Name}}\n"
        "NRestarts={{.RestartCount}}";
    const auto asked =
        drill::run_command({"docker", "inspect", "--type", "container", "--format", fields, name});
    if (!asked.is_there || asked.status != 0) {
        throw problem("container " + name + ": docker says: " + last_words_of(asked.output),
                      "docker ps lists those that run; the process id works, too",
                      status_inconclusive);
    }
    const auto& text = asked.output;
    platform_facts made;
    made.kind = platform_kind::docker;
    made.name = "container " + name;
    made.id = name;
    made.restart_policy = value_of(text, "Restart");
    made.restarts = number_of(value_of(text, "NRestarts"));
    made.main_pid = number_of(value_of(text, "Pid"));
    if (made.main_pid <= 0) {
        throw problem(
            "container " + name + " does not run (" + std::string(value_of(text, "Status")) + ")",
            "docker logs " + name + " may tell why it has ended", status_inconclusive);
    }
    made.stop_signal = sys::signal_number(value_of(text, "StopSignal"));
    made.stop_signal = made.stop_signal == 0 ? 15 : made.stop_signal;
    const auto timeout = value_of(text, "StopTimeout");
    const bool is_set = !timeout.empty() && timeout != "<nil>";
    const int seconds = is_set ? number_of(timeout) : 10;
    made.grace = seconds < 0 ? std::chrono::nanoseconds::max()  // docker run --stop-timeout -1
                             : std::chrono::seconds(seconds);
    made.grace_source = is_set ? "StopTimeout" : "docker stop, by default";
    made.grace_setting = "--stop-timeout";
    return made;
}

platform_facts facts_of_service(const doctor_wish& wish) {
    agent::api_client client(wish.where.target());
    const auto service = client.get(agent::service_path(wish.service));
    platform_facts made;
    made.kind = platform_kind::lastcall;
    made.name = "service " + wish.service;
    for (const auto& one : list_in(service, "generations")) {
        const int pid = static_cast<int>(number_in(one, "pid"));
        if (pid > 0 && (made.main_pid == 0 || text_in(one, "role") == "current")) {
            made.main_pid = pid;
        }
    }
    if (made.main_pid == 0) {
        throw problem(
            "service " + wish.service + " does not run (" + text_in(service, "state") + ")",
            "lastcall status " + wish.service + " tells why", status_inconclusive);
    }
    return made;
}

bool systemd_runs() { return sys::is_there("/run/systemd/system"); }

/// The unit that a process belongs to, where nobody named one; empty: none.
platform_facts platform_of_cgroup(const std::string& group) {
    const auto unit = sys::unit_of_cgroup(group);
    // Units of a user's manager are not the system's to ask for.
    if (unit.empty() || group.find("/user@") != std::string::npos || !systemd_runs()) {
        return {};
    }
    try {
        return facts_of_unit(unit);
    } catch (const problem&) {
        return {};  // it was not asked for: what is known without it is told
    }
}

/// Unset: the platform keeps no count, or cannot be asked any more.
std::optional<int> restarts_of(const platform_facts& of) {
    const auto ask = [&](const std::vector<std::string>& command) -> std::optional<int> {
        const auto asked = drill::run_command(command);
        return asked.status == 0 ? std::optional(number_of(value_of(asked.output, "NRestarts")))
                                 : std::nullopt;
    };
    switch (of.kind) {
        case platform_kind::systemd:
            return ask({"systemctl", "show", "--property=NRestarts", "--", of.id});
        case platform_kind::docker:
            return ask({"docker", "inspect", "--type", "container", "--format",
                        "NRestarts={{.RestartCount}}", of.id});
        default:
            return std::nullopt;
    }
}

}  // namespace

doctor::look_request subject_of(const doctor_wish& wish) {
    doctor::look_request made;
    if (!wish.unit.empty()) {
        const bool is_whole = wish.unit.find('.') != std::string::npos;
        made.platform = facts_of_unit(is_whole ? wish.unit : wish.unit + ".service");
        if (made.platform.main_pid == 0 && made.platform.members.empty()) {
            throw problem(made.platform.name + " does not run (" + made.platform.active + ", " +
                              made.platform.sub + "), and left no process behind",
                          "systemctl start " + wish.unit, status_inconclusive);
        }
        made.pid =
            made.platform.main_pid != 0 ? made.platform.main_pid : made.platform.members.front();
        made.ask_platform = [name = made.platform.name.substr(5)](const std::string&) {
            return facts_of_unit(name);
        };
    } else if (!wish.container.empty()) {
        made.platform = facts_of_container(wish.container);
        made.pid = made.platform.main_pid;
    } else if (!wish.service.empty()) {
        made.platform = facts_of_service(wish);
        made.pid = made.platform.main_pid;
    } else if (wish.port != 0) {
        made.port = static_cast<std::uint16_t>(wish.port);
        made.ask_platform = platform_of_cgroup;
    } else {
        made.pid = static_cast<int>(std::stol(wish.pid));
        made.ask_platform = platform_of_cgroup;
    }
    made.count_restarts = restarts_of;
    made.subject = made.platform.kind != platform_kind::none ? made.platform.name
                   : made.port != 0                          ? "port " + std::to_string(made.port)
                                                             : "pid " + wish.pid;
    return made;
}

}  // namespace lastcall::cli
