// What is stopped: a program that the drill starts, a process that runs already, a container,
// a unit, or a command that causes the stop (a reload, a deploy).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// A name as in "TERM", "SIGTERM", "15", "RTMIN+3". Unset when it is none.
[[nodiscard]] std::optional<int> signal_number(std::string_view text);
[[nodiscard]] std::string signal_name(int number);

/// Where to start a program, and how.
struct command_plan {
    std::vector<std::string> argv{};         ///< searched in PATH, as a shell would
    std::vector<std::string> environment{};  ///< NAME=value, added to our own
    bool in_pid_namespace = false;           ///< it becomes PID 1 of a new one, as in a container
    bool with_init = false;                  ///< `docker run --init`: lastcall-init in front
    bool in_cgroup = false;                  ///< one of its own, where that can be made
    bool hears_notify = false;               ///< NOTIFY_SOCKET is set, and read
    int listener = -1;                       ///< handed down as descriptor 3, as LISTEN_FDS says
};

/// What the program said over NOTIFY_SOCKET.
struct notify_news {
    bool ready = false;
    bool stopping = false;
    bool reloading = false;
    std::optional<int> main_pid{};
    std::chrono::nanoseconds extend{};  ///< the longest EXTEND_TIMEOUT_USEC since the last look
};

class subject {
public:
    virtual ~subject() = default;
    subject() = default;
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    /// For the report: "node server.js", "container web", "unit nginx.service".
    [[nodiscard]] virtual std::string name() const = 0;

    /// The process that the platform signals, as we see its id; 0 when there is none.
    [[nodiscard]] virtual int main_pid() const = 0;

    /// Every process of it that is alive, the main one first: by group, namespace or cgroup.
    [[nodiscard]] virtual std::vector<int> processes() const = 0;

    /// The same, and who has left all of these but can still be told to be of it.
    [[nodiscard]] virtual std::vector<int> everybody() const { return processes(); }

    /// To the main process. Returns: 0 or errno. Threads: any.
    virtual int signal_main(int number) = 0;
    /// To all of its processes (Ctrl-C, KillMode=control-group). Returns: 0 or errno.
    /// Threads: any.
    virtual int signal_all(int number) = 0;

    /// Waits until the main process has ended. Its output goes where the plan says.
    /// Returns: whether it has. Blocks: up to `until`.
    virtual bool wait(moment until) = 0;

    /// Unset while it runs.
    [[nodiscard]] virtual std::optional<exit_facts> exit() const = 0;
    /// When it ended; 0: it has not.
    [[nodiscard]] virtual std::int64_t exit_ns() const = 0;

    [[nodiscard]] virtual notify_news take_news() { return {}; }

    /// The command by which its platform stops it ("docker stop -t 30 web"), where that is
    /// who stops it, and not we. Empty: it is ours to signal.
    [[nodiscard]] virtual std::vector<std::string> own_stop(
        std::chrono::nanoseconds /*grace*/) const {
        return {};
    }

    /// A command as it is run beside the service (preStop, ExecStop), in its namespaces.
    struct beside {
        std::vector<std::string> argv;  ///< in a container: "docker exec web ..."
        int join_namespaces_of = 0;
    };
    [[nodiscard]] virtual beside command_beside(std::vector<std::string> argv) const {
        return {std::move(argv), 0};
    }

    /// Whether the drill started it: what is left of it is ours to kill.
    [[nodiscard]] virtual bool is_ours() const noexcept { return false; }

    /// What could not be had, and what that means for the measurement. For the report.
    [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }

    /// The last lines that it wrote, for an error message.
    [[nodiscard]] virtual std::vector<std::string> last_lines() const { return {}; }
};

/// Gets what the subject prints, line by line. Called by wait().
using line_taker = std::function<void(std::string_view)>;

/// Starts it. It does not outlive the drill.
/// Errors: std::runtime_error that says what is missing (the program is not there, it can
///         not be run, no permission for a namespace).
[[nodiscard]] std::unique_ptr<subject> start_command(const command_plan& plan, line_taker lines);

/// Takes a process that runs. Errors: std::runtime_error (no such process, not allowed, a
/// kernel thread; the drill itself, init, or whoever started the drill).
[[nodiscard]] std::unique_ptr<subject> take_process(int pid);

/// Takes a running container, by the `docker` program of PATH; `docker stop` is to stop it.
/// Errors: std::runtime_error (no such program, daemon or container; it does not run).
[[nodiscard]] std::unique_ptr<subject> take_container(const std::string& name);

/// Takes an active unit, by `systemctl`; `systemctl stop` is to stop it.
/// Errors: std::runtime_error (no such program, manager or unit; it does not run).
[[nodiscard]] std::unique_ptr<subject> take_unit(const std::string& name);

/// How a container or unit is set up to be stopped, as the platform told it.
struct platform_settings {
    std::optional<int> signal;
    std::optional<std::chrono::nanoseconds> grace;
};
[[nodiscard]] platform_settings settings_of_container(const std::string& name);
[[nodiscard]] platform_settings settings_of_unit(const std::string& name);

}  // namespace lastcall::drill
