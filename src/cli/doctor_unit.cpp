// A unit of the service manager, by `systemctl`.
#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>

#include "cli/doctor_platform.hpp"
#include "cli/problem.hpp"
#include "drill/sequence/time_span.hpp"
#include "drill/subject/command_result.hpp"
#include "drill/subject/platform_subject.hpp"
#include "sys/process/control_group.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::cli {
namespace {

using doctor::platform_facts;
using doctor::platform_kind;
using drill::number_of;
using drill::value_of;

constexpr const char* unit_properties =
    "--property=LoadState,ActiveState,SubState,MainPID,ControlPID,KillMode,KillSignal,SendSIGKILL,"
    "TimeoutStopUSec,ControlGroup,PIDFile,StateChangeTimestampMonotonic,Restart,NRestarts,Job";

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

}  // namespace

platform_facts facts_of_unit(const std::string& name) {
    const auto asked = drill::run_command({"systemctl", "show", unit_properties, "--", name});
    if (!asked.is_there || asked.status != 0) {
        throw problem(
            "unit " + name + ": systemd cannot be asked: " + drill::last_line_of(asked.output),
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

}  // namespace lastcall::cli
