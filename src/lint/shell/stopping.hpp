// Commands that stop something, wait for something, or let time pass.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/execution.hpp"

namespace lastcall::lint::shell {

enum class stop_way : std::uint8_t {
    kill,              ///< kill PID
    kill_by_name,      ///< pkill, killall, skill
    kill_by_file,      ///< fuser -k
    container_stop,    ///< docker and podman stop, restart
    container_kill,    ///< docker and podman kill
    container_remove,  ///< docker and podman rm -f
    compose_stop,      ///< compose down, stop, restart, up --timeout
    compose_kill,      ///< compose kill, rm -s
    kubectl_delete,
    kubectl_drain,
    unit_stop,        ///< systemctl stop, restart, try-restart; service NAME stop
    unit_kill,        ///< systemctl kill
    supervisor_stop,  ///< supervisorctl, sv, s6-svc, pm2, monit: stop and restart
};
[[nodiscard]] std::string_view words_of(stop_way way);

/// What a command asks to stop.
struct stop_request {
    stop_way way = stop_way::kill;
    std::string tool;                   ///< `docker`, `pkill`, ...
    std::string verb;                   ///< `stop`, `down`, ...; empty without one
    std::optional<std::string> signal;  ///< as it is given: `KILL`; empty text: not known
    std::optional<argument> grace;      ///< of -t, --time, --timeout, --grace-period
    bool is_forced = false;             ///< -f, --force, --now
    bool skips_eviction = false;        ///< kubectl drain --disable-eviction
    bool only_asks = false;             ///< kill -0, kill -l, --dry-run
    bool waits = true;                  ///< comes back when it has stopped, as far as it can tell
    std::vector<argument> targets;

    [[nodiscard]] bool is_kill() const { return signal && *signal == "KILL"; }
};

/// What the command itself gives the program; max(): without end. Unset: it says nothing, or what
/// is not known.
[[nodiscard]] std::optional<std::chrono::milliseconds> asked_grace_of(const stop_request& one);

/// What whoever is asked gives a program where nothing is said: DefaultTimeoutStopSec= of systemd,
/// and what Docker and Kubernetes give. Unset: no SIGKILL follows.
[[nodiscard]] std::optional<std::chrono::milliseconds> usual_grace_of(stop_way way);

/// "web.service" of `systemctl stop web`. Unset: it is none, several, or not known.
[[nodiscard]] std::optional<std::string> stopped_unit(const stop_request& one);

/// Returns: nothing for a command that stops nothing.
[[nodiscard]] std::optional<stop_request> stop_request_of(const step& one);

/// After which `timeout` gives the command up. Returns: nothing without one, or where it is not
/// known.
[[nodiscard]] std::optional<std::chrono::milliseconds> given_up_after(const step& one);

/// `sleep 5`: the sum of its words. Returns: nothing for other commands.
[[nodiscard]] std::optional<value> sleep_of(const step& one);

/// The shell's `wait`.
struct wait_request {
    std::vector<argument> targets;  ///< none: for all
    bool is_for_any = false;        ///< -n
};
[[nodiscard]] std::optional<wait_request> wait_of(const step& one);

}  // namespace lastcall::lint::shell
