// What the platform says about the subject: who starts it, whom it signals, how long it waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lastcall::doctor {

enum class platform_kind : std::uint8_t { none, systemd, docker, lastcall };

/// A job of systemd for the unit that was named.
struct unit_job {
    std::uint32_t id = 0;                ///< 0: there is none
    std::string type;                    ///< "stop"
    std::string state;                   ///< "waiting", "running"
    std::vector<std::string> waits_for;  ///< "second.service/stop"
};

/// Empty and unset: not known.
struct platform_facts {
    platform_kind kind = platform_kind::none;
    std::string name;          ///< "unit orders.service"
    std::string id;            ///< "orders.service": as the platform calls it
    int main_pid = 0;          ///< whom it signals; 0: nobody runs
    int control_pid = 0;       ///< of ExecStop and the like, while it runs
    std::string kill_mode;     ///< of a unit: "control-group"
    bool never_kills = false;  ///< SendSIGKILL=no
    std::string active;        ///< "deactivating"
    std::string sub;           ///< "stop-sigterm"
    std::optional<std::chrono::nanoseconds> sub_age;  ///< since when it is at `sub`
    std::string pid_file;
    int pid_in_file = 0;
    int stop_signal = 0;
    std::optional<std::chrono::nanoseconds> grace;  ///< max(): without end
    std::string grace_source;                       ///< "TimeoutStopUSec of orders.service"
    std::string grace_setting;                      ///< "TimeoutStopSec"
    std::vector<int> members;                       ///< of its cgroup
    std::string restart_policy;                     ///< "always"
    int restarts = 0;  ///< how often the platform has started it again by itself
    unit_job job;

    /// Everybody gets the signal, not only the main process.
    [[nodiscard]] bool signals_all() const noexcept {
        return kind == platform_kind::systemd && kill_mode == "control-group";
    }
    [[nodiscard]] bool signals_nobody() const noexcept {
        return kind == platform_kind::systemd && kill_mode == "none";
    }
    [[nodiscard]] bool is_stopping() const noexcept { return active == "deactivating"; }
    /// "stop-sigterm" and the like: before it ExecStop= runs.
    [[nodiscard]] bool has_signalled() const noexcept {
        return is_stopping() && sub.find("-sig") != std::string::npos;
    }
};

}  // namespace lastcall::doctor
