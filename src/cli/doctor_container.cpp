// A container, by the `docker` program; and how often a platform has started what it runs again.
#include <chrono>

#include "cli/doctor_platform.hpp"
#include "cli/problem.hpp"
#include "drill/subject/command_result.hpp"
#include "drill/subject/platform_subject.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::cli {

using doctor::platform_facts;
using doctor::platform_kind;
using drill::number_of;
using drill::value_of;

platform_facts facts_of_container(const std::string& name) {
    constexpr auto fields =
        "Pid={{.State.Pid}}\nStatus={{.State.Status}}\nStopSignal={{.Config.StopSignal}}\n"
        "StopTimeout={{.Config.StopTimeout}}\nRestart={{.HostConfig.RestartPolicy.Name}}\n"
        "NRestarts={{.RestartCount}}";
    const auto asked =
        drill::run_command({"docker", "inspect", "--type", "container", "--format", fields, name});
    if (!asked.is_there || asked.status != 0) {
        throw problem("container " + name + ": docker says: " + drill::last_line_of(asked.output),
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

}  // namespace lastcall::cli
