// A container, by the `docker` program: whoever may use that may drill.
#include <stdexcept>

#include "drill/subject/command_result.hpp"
#include "drill/subject/platform_subject.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::drill {
namespace {

constexpr const char* container_fields =
    "Pid={{.State.Pid}}\nStatus={{.State.Status}}\nStopSignal={{.Config.StopSignal}}\n"
    "StopTimeout={{json .Config.StopTimeout}}\nExitCode={{.State.ExitCode}}\n"
    "OOMKilled={{.State.OOMKilled}}";

std::string inspect(const std::string& name) {
    const auto result = run_command(
        {"docker", "inspect", "--type", "container", "--format", container_fields, name});
    if (!result.is_there) {
        throw std::runtime_error("container " + name +
                                 ": the docker program is needed: " + result.output);
    }
    if (result.status == 0) {
        return result.output;
    }
    const auto said = last_line_of(result.output);
    const auto has = [&result](const char* part) {
        return result.output.find(part) != std::string::npos;
    };
    std::string next = "; try: docker inspect " + name;
    if (has("Cannot connect") || has("daemon running")) {
        next = "; is the daemon running, and DOCKER_HOST right?";
    } else if (has("ermission denied")) {
        next = "; run the drill as root, or as a user of the group docker";
    } else if (has("o such")) {
        next = "; docker ps lists those that run";
    }
    throw std::runtime_error("container " + name + ": docker says: " + said + next);
}

int running_pid(const std::string& name) {
    const auto facts = inspect(name);
    const int pid = number_of(value_of(facts, "Pid"));
    const std::string status(value_of(facts, "Status"));
    if (pid <= 0) {
        throw std::runtime_error("container " + name + " does not run (" + status +
                                 "): docker start " + name);
    }
    if (!sys::read_process(pid)) {
        throw std::runtime_error("container " + name + ": its process " + std::to_string(pid) +
                                 " can not be seen from here: its daemon is on another machine, or "
                                 "the drill is in a container of its own (docker run --pid=host)");
    }
    return pid;
}

class container final : public platform_subject {
public:
    explicit container(const std::string& name)
        : platform_subject("container " + name, running_pid(name)), id_(name) {}

    [[nodiscard]] std::vector<std::string> own_stop(std::chrono::nanoseconds grace) const override {
        const bool has_limit = grace < std::chrono::hours(24 * 365);
        return {"docker", "stop", "-t", has_limit ? whole_seconds(grace) : "-1", id_};
    }
    [[nodiscard]] beside command_beside(std::vector<std::string> argv) const override {
        argv.insert(argv.begin(), {"docker", "exec", id_});
        return {std::move(argv), 0};
    }

private:
    [[nodiscard]] std::vector<std::string> signal_command(int number) const override {
        return {"docker", "kill", "--signal", std::to_string(number), id_};
    }
    [[nodiscard]] std::optional<exit_facts> ask_exit() const override {
        try {
            const auto facts = inspect(id_);
            if (value_of(facts, "Status") == "running") {
                return std::nullopt;  // it was started again
            }
            constexpr int by_signal = 128;
            const int code = number_of(value_of(facts, "ExitCode"));
            const bool is_killed = code > by_signal && code <= by_signal + 64;
            return exit_facts{.known = true,
                              .code = is_killed ? 0 : code,
                              .signal = is_killed ? code - by_signal : 0};
        } catch (const std::runtime_error&) {
            return std::nullopt;  // --rm: it is gone
        }
    }

    std::string id_;
};

}  // namespace

std::unique_ptr<subject> take_container(const std::string& name) {
    return std::make_unique<container>(name);
}

platform_settings settings_of_container(const std::string& name) {
    const auto facts = inspect(name);
    platform_settings found;
    if (const auto signal = value_of(facts, "StopSignal"); !signal.empty()) {
        found.signal = signal_number(signal);
    }
    const auto timeout = value_of(facts, "StopTimeout");
    if (!timeout.empty() && timeout != "null" && timeout != "<nil>") {
        found.grace = std::chrono::seconds(number_of(timeout));
    }
    return found;
}

}  // namespace lastcall::drill
