// A unit of the service manager, by `systemctl`.
#include <algorithm>
#include <stdexcept>

#include "drill/sequence/time_span.hpp"
#include "drill/subject/command_result.hpp"
#include "drill/subject/platform_subject.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/process_set.hpp"

namespace lastcall::drill {
namespace {

constexpr const char* unit_properties =
    "--property=LoadState,ActiveState,SubState,MainPID,KillSignal,TimeoutStopUSec,"
    "ControlGroup,ExecMainCode,ExecMainStatus,Result";

std::string show(const std::string& name) {
    const auto result = run_command({"systemctl", "show", unit_properties, "--", name});
    if (!result.is_there) {
        throw std::runtime_error("unit " + name +
                                 ": the systemctl program is needed: " + result.output);
    }
    if (result.status != 0) {
        throw std::runtime_error("unit " + name +
                                 ": systemctl says: " + last_line_of(result.output) +
                                 "; does systemd run on this machine (systemctl status)?");
    }
    if (value_of(result.output, "LoadState") == "not-found") {
        throw std::runtime_error("unit " + name +
                                 ": there is no such unit; systemctl list-units --type=service "
                                 "lists those that run");
    }
    return result.output;
}

int main_pid_of(const std::string& name) {
    const auto facts = show(name);
    const int pid = number_of(value_of(facts, "MainPID"));
    if (pid <= 0) {
        throw std::runtime_error("unit " + name + " has no main process (" +
                                 std::string(value_of(facts, "ActiveState")) + ", " +
                                 std::string(value_of(facts, "SubState")) + "): systemctl start " +
                                 name);
    }
    return pid;
}

class unit final : public platform_subject {
public:
    explicit unit(const std::string& name)
        : platform_subject("unit " + name, main_pid_of(name)),
          id_(name),
          group_(sys::folder_of_cgroup(std::string(value_of(show(name), "ControlGroup")))) {}

    [[nodiscard]] std::vector<std::string> own_stop(std::chrono::nanoseconds) const override {
        return {"systemctl", "stop", id_};
    }
    /// ExecStop and preStop are the unit's own business: they are in its file.
    [[nodiscard]] std::vector<int> processes() const override {
        auto found = running_process::processes();
        for (const int pid : sys::processes_of_cgroup(group_)) {
            if (std::find(found.begin(), found.end(), pid) == found.end() && sys::is_alive(pid)) {
                found.push_back(pid);
            }
        }
        return found;
    }

private:
    [[nodiscard]] std::vector<std::string> signal_command(int number) const override {
        return {"systemctl", "kill", "--kill-who=main", "--signal=" + std::to_string(number), id_};
    }
    [[nodiscard]] std::optional<exit_facts> ask_exit() const override {
        try {
            const auto facts = show(id_);
            // As in waitid(2): 1 exited, 2 killed, 3 dumped.
            const int how = number_of(value_of(facts, "ExecMainCode"));
            const int status = number_of(value_of(facts, "ExecMainStatus"));
            if (how < 1 || how > 3) {
                return std::nullopt;
            }
            return exit_facts{.known = true,
                              .code = how == 1 ? status : 0,
                              .signal = how == 1 ? 0 : status,
                              .dumped_core = how == 3};
        } catch (const std::runtime_error&) {
            return std::nullopt;
        }
    }

    std::string id_;
    std::string group_;
};

}  // namespace

std::unique_ptr<subject> take_unit(const std::string& name) { return std::make_unique<unit>(name); }

platform_settings settings_of_unit(const std::string& name) {
    const auto facts = show(name);
    platform_settings found;
    found.signal = signal_number(value_of(facts, "KillSignal"));
    found.grace = read_time_span(value_of(facts, "TimeoutStopUSec"));
    return found;
}

}  // namespace lastcall::drill
