// Moves new requests between the two server lines of one HAProxy backend, over the runtime API
// of an HAProxy that somebody else runs. No configuration is rewritten and nothing is reloaded.
//
// A deploy, in the order that was measured to lose nothing:
//   the caller starts the new program at `address_of(to)` and asks it whether it is ready;
//   move_to(to)   address (in maintenance) -> ready -> confirmed -> the other one: drain
//   (the bake; move_to(old) is the way back: old ready first, then new drain)
//   empty(old)    no session, nothing queued, no new one for `quiet` -> maintenance
//   the caller stops the old program.
//
// "Confirmed" is what HAProxy's own check says after one pass since the change: it gives a server
// requests as soon as it is told to, and keeps the result of a check from before.
//
// HAProxy forgets all of it at a reload, and a worker that was reloaded has a new pid. The state
// is therefore written to `state_file` after every change, which a reload reads, and look_after()
// puts right what differs from what was last wanted.
//
// Blocks:   every call talks to HAProxy, up to its time_limit: for a worker thread, not for an
//           event loop.
// Threads:  one at a time.
// Errors:   haproxy_error; what was changed by then is said in each place.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/service_spec.hpp"
#include "agent/traffic/haproxy_answers.hpp"
#include "agent/traffic/haproxy_socket.hpp"

namespace lastcall::agent::traffic {

using slot = std::size_t;  ///< 0 or 1: which of `traffic_spec::servers`

/// What is there now.
struct haproxy_sight {
    struct server {
        bool is_ready = false;  ///< gets requests, and HAProxy's check has passed
        bool is_draining = false;
        bool is_in_maint = false;
        bool is_at_its_address = false;  ///< that of `traffic_spec::addresses`
        std::int64_t sessions = 0, queued = 0;
    };
    std::array<server, 2> servers;
    std::optional<slot> owner;  ///< new requests go there and not to the other; unset: unclear
    bool others_ready = false;  ///< servers of the backend that are not ours (other hosts)
    int pid = 0;
};

/// How a server got rid of its requests.
struct drain_report {
    std::chrono::nanoseconds took{0};
    std::int64_t cut = 0;  ///< sessions that were ended at the limit: 502 to the client
    std::vector<session_line> longest;  ///< some of those that were cut, the oldest first
    bool was_reloaded = false;  ///< meanwhile: what the process before still had is not known
};

/// What HAProxy has seen of lost or saved requests since `begin_evidence`.
struct drop_evidence {
    std::int64_t connect_errors = 0, response_errors = 0, server_aborts = 0, answers_5xx = 0;
    std::int64_t retries = 0, redispatches = 0;  ///< near misses: the client did not notice
    bool was_reloaded = false;                   ///< counted from the reload on only

    [[nodiscard]] bool is_clean() const noexcept {
        return connect_errors + response_errors + server_aborts + answers_5xx == 0;
    }
};

class haproxy {
public:
    /// `how`  two servers, an address for each, one backend. Errors: bad_setting.
    explicit haproxy(const traffic_spec& how);

    /// Whether everything is there: backend, servers, their health checks, the right to change
    /// them. Changes nothing but to set a server's state to what it is.
    void check(const time_limit& limit);

    [[nodiscard]] haproxy_sight look(const time_limit& limit);

    /// "127.0.0.1:9001": where the program of this slot has to listen.
    [[nodiscard]] const std::string& address_of(slot which) const { return how_.addresses[which]; }

    /// New requests go to `to`, and no longer to the other slot, when this returns.
    /// Errors: not_ready, stopped: `to` was not confirmed and is as it was; the other one was
    ///         not touched. unreachable: both may get requests; look() when it is there again.
    ///         last_server: it fell out again while the other one was set to drain,
    ///         which was taken back.
    void move_to(slot to, const time_limit& limit);

    /// Lets the requests of `which` end, then puts it into maintenance. At the limit the rest are
    /// cut, counted and named. It gets no new requests from the beginning on; those bound to it
    /// by a cookie or a table it still does.
    /// Errors: last_server: nobody else would be left; nothing was done. stopped: it drains on.
    drain_report empty(slot which, const time_limit& limit);

    /// What look_after() holds up from now on: new requests go to `owner`. For an agent that
    /// takes over; move_to() does it by itself.
    void expect(slot owner);

    struct care {
        bool was_reloaded = false;
        bool was_repaired = false;  ///< it differed from what was wanted, and was put right
    };
    /// To be called now and then, and before what HAProxy says is relied on.
    /// Errors: not_ready: the owner could not be confirmed again; it was set to ready all the
    ///         same, for there is no better one.
    care look_after(const time_limit& limit);

    void begin_evidence(const time_limit& limit);
    [[nodiscard]] drop_evidence evidence(const time_limit& limit);

private:
    enum class mode : std::uint8_t { unknown, ready, drain, maint };

    [[nodiscard]] std::vector<server_line> servers(const time_limit& limit) const;
    [[nodiscard]] std::vector<stat_line> figures(const time_limit& limit) const;
    [[nodiscard]] process_line process(const time_limit& limit) const;
    [[nodiscard]] const server_line& find(const std::vector<server_line>& all, slot which) const;
    [[nodiscard]] const stat_line& find(const std::vector<stat_line>& all, slot which) const;
    [[nodiscard]] bool is_ours(const server_line& line, slot which) const;
    [[nodiscard]] bool is_confirmed(slot which, const time_limit& limit) const;
    [[nodiscard]] bool is_another_ready(const std::vector<server_line>& all, slot than) const;
    [[nodiscard]] bool has_its_address(const server_line& line, slot which) const;
    static mode mode_of(const server_line& line);

    void set_address(slot which, const time_limit& limit);
    void set_mode(slot which, mode to, const time_limit& limit);
    void confirm(slot which, const time_limit& limit);
    void drain_guarded(slot which, const time_limit& limit);
    void save(const time_limit& limit) const;
    bool note_process(const time_limit& limit);

    traffic_spec how_;
    haproxy_socket socket_;
    std::array<sys::endpoint, 2> addresses_;
    std::optional<slot> owner_;
    std::array<mode, 2> wanted_{};
    process_line process_;
    int evidence_pid_ = 0;
    drop_evidence evidence_base_;
};

}  // namespace lastcall::agent::traffic
