// The platform's way to stop a service: which steps, in which order, with which clock. A
// sequence is a machine without a clock and without effects: it is told what happened, and
// answers what to do; `stop_runner` does it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill {

enum class sequence_kind : std::uint8_t {
    plain,       ///< the signal, the grace, SIGKILL to the group; or an event (--exec)
    docker,      ///< PID 1 of a namespace; the signal, the grace, SIGKILL
    systemd,     ///< ExecStop, KillMode, the notify socket, TimeoutStopSec, SendSIGKILL
    kubernetes,  ///< routes and preStop start together; both inside the grace
    rolling,     ///< a successor first, then the stop of the old one
    reload,      ///< a signal or command, and the service is to go on serving
    crash,       ///< SIGKILL at once: what a stop loses without any grace
};

[[nodiscard]] std::string_view to_string(sequence_kind value) noexcept;
[[nodiscard]] std::optional<sequence_kind> sequence_kind_from(std::string_view name) noexcept;

enum class kill_mode : std::uint8_t { control_group, mixed, process, none };
[[nodiscard]] std::optional<kill_mode> kill_mode_from(std::string_view name) noexcept;

struct pre_stop_plan {
    enum class kind : std::uint8_t { none, exec, http_get, sleep };
    kind what = kind::none;
    std::vector<std::string> exec{};
    std::string url{};
    std::chrono::nanoseconds sleep{};
};

struct sequence_plan {
    sequence_kind kind = sequence_kind::plain;
    int signal = 15;
    std::chrono::nanoseconds grace = std::chrono::seconds(30);
    std::chrono::nanoseconds route_lag{};  ///< from the delete to the withdrawal of the routes
    pre_stop_plan pre_stop{};
    std::optional<int> second_signal{};
    std::chrono::nanoseconds second_after = std::chrono::milliseconds(100);
    bool to_all = false;  ///< plain: to the group, as Ctrl-C does

    // systemd
    std::vector<std::vector<std::string>> exec_stop{};
    std::vector<std::vector<std::string>> exec_stop_post{};
    kill_mode mode = kill_mode::control_group;
    bool send_sigkill = true;
    bool send_sighup = false;
    std::optional<int> final_signal{};  ///< FinalKillSignal

    /// --exec: the command that is the event (plain, reload, rolling) or carries out the stop
    /// of a platform. Empty: `signal`.
    std::vector<std::string> event{};
    std::chrono::nanoseconds settle = std::chrono::seconds(2);  ///< load after the event

    /// The service is to go on serving: nobody asks it to end.
    [[nodiscard]] bool is_lived_through() const {
        return kind == sequence_kind::reload || (kind == sequence_kind::plain && !event.empty());
    }
};

}  // namespace lastcall::drill
