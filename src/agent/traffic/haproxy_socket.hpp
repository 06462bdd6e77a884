// One question to HAProxy's runtime API: a connection, a line, the answer up to the end.
#pragma once

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

#include "sys/socket/socket_client.hpp"

namespace lastcall::agent::traffic {

/// HAProxy could not be asked, or did not do what it was to do. what() says what, why, and what
/// to do.
class haproxy_error : public std::runtime_error {
public:
    enum class kind : std::uint8_t {
        bad_setting,  ///< of the `traffic` section: no such backend or server, no check, …
        unreachable,  ///< nobody answers at the socket, or not in time
        refused,      ///< it answers that it will not: the socket's level, or another version
        not_ready,    ///< the server was not confirmed in time; it is as it was before
        last_server,  ///< nobody else would be left: nothing was done
        stopped,      ///< the stop_token says so; what was begun stays
    };
    haproxy_error(kind why, const std::string& message) : std::runtime_error(message), why_(why) {}
    [[nodiscard]] kind why() const noexcept { return why_; }

private:
    kind why_;
};

/// How long a call may take.
struct time_limit {
    std::chrono::nanoseconds until{0};  ///< CLOCK_MONOTONIC, sys::monotonic_now
    std::stop_token stop{};             ///< looked at every few milliseconds

    [[nodiscard]] bool is_over() const noexcept;
    /// Errors: haproxy_error (stopped).
    void check() const;
    /// Sleeps, not beyond its end; wakes at once when a stop is requested.
    void sleep(std::chrono::nanoseconds pause) const;
};

class haproxy_socket {
public:
    /// `address`  "unix:/run/haproxy/admin.sock" or "tcp:127.0.0.1:9999".
    /// Errors: haproxy_error (bad_setting).
    explicit haproxy_socket(const std::string& address);

    /// Sends `command` and returns the whole answer. A socket that refuses, or is not there, is
    /// tried again for up to half a second: a reload replaces it.
    /// Blocks: up to `limit`, but at least 200 ms and at most two seconds.
    /// Errors: haproxy_error (unreachable, stopped).
    [[nodiscard]] std::string ask(std::string_view command, const time_limit& limit) const;

private:
    [[nodiscard]] std::string exchange(std::string_view command, const time_limit& limit) const;

    std::string address_;
    sys::endpoint to_;
};

}  // namespace lastcall::agent::traffic
