// The life of a service: it claims the stop signals, knows the components, and on a
// stop ends them in order, inside one deadline.
//
// Make it first in main, add the components as they are acquired, say `ready`, and
// `run`. Everything else is a consequence of the graph.
//
//   int main() {
//       lastcall::lifecycle life({.service = "orders"});
//       lastcall::gate requests("http");
//       life.add({.name = "db", .close = [&] { db.close(); }});
//       life.add({.name = "http", .uses = {"db"}, .gates = {&requests}, ...});
//       life.ready();
//       life.run_and_exit();
//   }
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/component.hpp>
#include <lastcall/health.hpp>
#include <lastcall/report.hpp>
#include <lastcall/state.hpp>

namespace lastcall {

/// How long a service that is not ready any more goes on serving, so that whatever
/// routes to it can notice.
struct lame_duck {
    std::chrono::milliseconds min{0};        ///< at least
    std::chrono::milliseconds max{0};        ///< at most; 0: no lame duck
    std::chrono::milliseconds quiet{2'000};  ///< left early after no arrival for so long

    /// 3 s to 10 s under Kubernetes (KUBERNETES_SERVICE_HOST is set), else none.
    static lame_duck automatic();
    static lame_duck none() { return {}; }
};

struct lifecycle_options {
    std::string service = "service";  ///< appears in reports

    /// The grace period: from the stop request to the platform's SIGKILL. Unset: taken
    /// from the environment variable LASTCALL_GRACE, the keeper, systemd's stop timeout
    /// of this unit, or 30 s, the first that exists. A keeper that sends its deadline along
    /// with the stop signal can only make it shorter (docs/status-socket.md).
    std::optional<std::chrono::milliseconds> grace = {};

    /// Kept back from the grace. Unset: 5 %, at least 500 ms.
    std::optional<std::chrono::milliseconds> reserve = {};

    std::optional<lame_duck> duck = {};  ///< unset: lame_duck::automatic()

    /// After a clean stop asked for by SIGTERM, end by that signal (status 143), as
    /// some supervisors expect, instead of by exit code 0.
    bool reraise_sigterm = false;

    /// Where the lines of the timeline go while the stop runs. Unset: standard error.
    /// Called from one thread at a time; must not block.
    std::function<void(std::string_view line)> log = {};

    /// Called once with the report, before `run` returns or the process ends. When the
    /// watchdog ends the process it is not called: other threads may hold any lock.
    std::function<void(const report&)> on_report = {};

    /// The report as JSON is written to this file. Empty: nowhere.
    std::string report_file = {};

    /// Answers whoever asks what is in flight, over an abstract unix socket that is found
    /// by the process id: the keeper asks before it kills. Only this user and root get an
    /// answer; it holds names of the service, gates, steps and passes, and no data. Where
    /// the socket cannot be opened, the report lists that as degraded.
    /// The protocol: docs/status-socket.md.
    bool status_socket = true;
};

class lifecycle {
public:
    /// Claims SIGTERM and SIGINT for the process and starts the watchdog thread.
    ///
    /// Make it before any thread: a thread that does not block these signals would be
    /// killed by them.
    /// Errors:   std::logic_error: a second lifecycle, or a thread that exists already
    ///           and would take the signals (its name is in the message);
    ///           std::invalid_argument: a grace, reserve or variable that does not parse
    ///           or does not fit; std::system_error. The process is as before.
    explicit lifecycle(lifecycle_options options = {});
    lifecycle(const lifecycle&) = delete;
    lifecycle& operator=(const lifecycle&) = delete;

    /// Gives the signals back, unless `run` has ended: then they stay blocked, so that one
    /// that comes late does not change the exit status. Runs no step: after a start that failed,
    /// the components are released by their owners' destructors, in the usual C++ order.
    ~lifecycle();

    /// Adds a component, before `run`.
    ///
    /// Errors:   std::invalid_argument: empty or duplicate name, weight not above 0;
    ///           std::logic_error after `run`. Nothing is added.
    /// Threads:  one at a time.
    void add(component part);

    /// Checks the graph and the budget, and says that the service is ready: readiness
    /// turns good, systemd gets READY=1. Does nothing when a stop was requested already.
    ///
    /// Errors:   std::invalid_argument: an unknown name, a cycle (with its chain), or
    ///           minimums that cannot fit the deadline (with the numbers).
    void ready();

    /// Asks for a stop. The first request counts; later ones are recorded.
    /// Threads:  any, also from a step; not from a signal handler.
    /// Blocks:   never.
    void request_stop(std::string_view note = {}) noexcept;

    /// Waits for a stop request, then stops everything.
    ///
    /// Returns:  the report, when every step has ended. If something is still inside at
    ///           the deadline it does not return: the watchdog says what, and ends the
    ///           process with `exit_status::abandoned`, because returning would destroy
    ///           what is in use.
    /// Errors:   as `ready`, if that was not called.
    /// Blocks:   until a stop is requested, and then up to the deadline.
    report run();

    /// `run`, then ends the process with the report's exit code, through exit(3). A set-up
    /// error that `run` throws is printed, and ends it with `exit_status::refused`.
    [[noreturn]] void run_and_exit();

    [[nodiscard]] lastcall::state state() const noexcept;

    /// Fires when a stop is requested. Callbacks run on a thread of their own.
    [[nodiscard]] std::stop_token stopping() const noexcept;

    /// Fires when the state turns to `forcing`.
    [[nodiscard]] std::stop_token forcing() const noexcept;

    /// Tells the lame duck that somebody was still routed here: a new connection.
    /// Threads:  any. Costs one reading of the clock.
    void note_arrival() noexcept;

    [[nodiscard]] lastcall::health& health() noexcept;

    /// The grace period in force and where it came from.
    [[nodiscard]] std::chrono::milliseconds grace() const noexcept;
    [[nodiscard]] std::string_view grace_source() const noexcept;

    /// The last part of the grace, in which what is still inside is forced: a tenth of what
    /// the reserve leaves, at most 1 s. Whatever a `force` waits for must fit in it.
    [[nodiscard]] std::chrono::milliseconds force_window() const noexcept;

    class impl;

private:
    std::unique_ptr<impl> impl_;
};

/// Prints a set-up error as "SERVICE: WHAT" on standard error.
///
/// Returns:  `exit_status::refused` as an int, for `return` from main.
/// Example:  examples/02_lifecycle/main.cpp
int refuse_start(std::string_view service, const std::exception& error) noexcept;

}  // namespace lastcall
