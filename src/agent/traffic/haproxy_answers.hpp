// What HAProxy's runtime API answers, as values. Pure. Fields are found by the names in the
// header line: their order differs between versions. management.txt of HAProxy 2.6, 9.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::agent::traffic {

/// A line of `show servers state`.
struct server_line {
    std::string backend, server;
    std::string address;  ///< numeric, without brackets
    int port = 0;
    int operational = 0;   ///< 0 stopped, 1 starting, 2 running, 3 stopping
    int admin = 0;         ///< bits, see below
    int check_result = 0;  ///< 0 unknown, 1 neutral, 2 failed, 3 passed, 4 passed conditionally
    int check_state = 0;   ///< bits; 0x01: one is under way, 0x02: configured
    int check_health = 0;

    static constexpr int forced_maint = 0x01, configured_maint = 0x04, forced_drain = 0x08;

    /// A person or we have set it so, or it follows another server that is.
    [[nodiscard]] bool is_in_maint() const noexcept { return (admin & 0x23) != 0; }
    [[nodiscard]] bool is_draining() const noexcept { return (admin & 0x18) != 0; }
    [[nodiscard]] bool has_check() const noexcept { return (check_state & 0x02) != 0; }
    /// It is given requests, and nothing speaks against it: while a check is under way the
    /// result of the one before is not shown.
    [[nodiscard]] bool is_running() const noexcept {
        const bool is_being_checked = check_result == 0 && (check_state & 0x01) != 0;
        return operational == 2 && (admin & ~configured_maint) == 0 &&
               (check_result == 3 || is_being_checked);
    }
    /// And its check has passed. Not enough after a maintenance: then the result is that of
    /// before, see `stat_line::has_full_health`.
    [[nodiscard]] bool has_passed() const noexcept { return is_running() && check_result == 3; }
};

/// A line of `show stat`: one server, or the sum that is called BACKEND.
struct stat_line {
    std::string proxy, server, status, check_status;
    std::int64_t queued = 0, sessions = 0, total = 0;
    std::int64_t connect_errors = 0, response_errors = 0, retries = 0, redispatches = 0;
    std::int64_t server_aborts = 0, answers_5xx = 0;
    std::int64_t check_rise = 0, check_fall = 0, check_health = 0;

    [[nodiscard]] bool is_sum() const noexcept { return server == "BACKEND"; }
    /// After a maintenance HAProxy gives a server requests before its first check, with a
    /// health of `rise`; one check that passes takes it to the most there is.
    [[nodiscard]] bool has_full_health() const noexcept {
        return check_fall <= 1 || check_health >= check_rise + check_fall - 1;
    }
};

/// Of `show info`.
struct process_line {
    int pid = 0;
    std::int64_t uptime_seconds = 0;
    std::string version;
};

/// A request or connection, of `show sess`.
struct session_line {
    std::string source;  ///< "192.0.2.1:40112"
    std::string age;     ///< "3s"
};

/// Each returns nothing for what is no such answer: an error text, or cut off.
[[nodiscard]] std::optional<std::vector<server_line>> read_servers(std::string_view text);
[[nodiscard]] std::optional<std::vector<stat_line>> read_stat(std::string_view text);
[[nodiscard]] std::optional<process_line> read_info(std::string_view text);
/// The sessions that are with `server` of `backend`; lines of another kind are passed over.
[[nodiscard]] std::vector<session_line> read_sessions(std::string_view text,
                                                      std::string_view backend,
                                                      std::string_view server);

/// "No such server." without the line ends around it.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace lastcall::agent::traffic
