// The service manager: sd_notify(3) without libsystemd, and the unit's stop timeout.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// The socket named by NOTIFY_SOCKET. All calls do nothing when there is none.
class notify_socket {
public:
    /// Reads NOTIFY_SOCKET, a path or "@" and an abstract name.
    /// Errors: std::system_error, std::invalid_argument (neither form).
    notify_socket();

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// Sends one datagram of "KEY=value" lines. Never blocks; what cannot be sent is lost.
    void send(std::string_view lines) const noexcept;

private:
    unique_fd fd_;
};

/// WATCHDOG_USEC, if it is meant for this process (WATCHDOG_PID); unset otherwise.
std::optional<std::chrono::microseconds> systemd_watchdog();

/// TimeoutStopUSec of the unit this process runs in, asked over D-Bus with libsystemd,
/// which is loaded if it is there. Asked only when systemd started this process
/// (INVOCATION_ID). microseconds::max() stands for infinity.
///
/// Returns: unset when not under systemd, or it could not be asked; then `why`, if
///          something went wrong, says what.
/// Blocks:  up to a second.
std::optional<std::chrono::microseconds> systemd_stop_timeout(std::string& why);

/// The unit a cgroup file (/proc/self/cgroup) names, "orders.service"; empty if none.
std::string unit_of_cgroup(std::string_view cgroup_file);

}  // namespace lastcall::sys
