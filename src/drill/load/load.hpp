// Mixed load on one server, and the record of all of it, on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "drill/load/load_counters.hpp"
#include "drill/load/load_plan.hpp"
#include "drill/record/event_log.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

class load_engine;

class load {
public:
    /// `names`   outlives what log() hands out
    /// `events`  gets every record as it is made; null: nobody. Used by the load's thread.
    /// Errors: std::system_error (EMFILE and the like), std::runtime_error (TLS settings).
    load(const load_plan& plan, std::shared_ptr<name_pool> names,
         event_log_writer* events = nullptr);
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    /// Ends at once what still runs.
    ~load();

    /// Starts the thread. Blocks: no.
    void start();

    /// From now on nobody makes a connection on purpose: who has one goes on using it until
    /// the server ends it. Clients learn of it within the plan's route_jitter.
    /// Returns: when the last of them knows, which is also the mark `routes_withdrawn`.
    /// Blocks: for a turn of the loop.
    moment withdraw_routes();

    /// Puts connections into every cell that the lanes can fill, then calls `send` on the
    /// load's own thread, between two events: what is "before" and what is "after" is exact.
    /// In the same turn, before `send`, the requests are written whose connections are to
    /// be in the accept queue, or unread.
    /// Returns: the time read just before `send`. Blocks: for `fill_for` and a turn.
    moment strike(const std::function<void()>& send, const strike_timing& timing = {});

    /// withdraw_routes() and strike() in one turn: nobody begins a connection in between.
    moment withdraw_and_strike(const std::function<void()>& send, const strike_timing& timing = {});

    /// Waits until every connection has ended and every answer is in, but not beyond
    /// `until`: what is still open then is ended by us, and says so in the record. Nobody
    /// makes a connection meanwhile.
    /// Returns: whether all had ended by themselves. Blocks: up to `until`.
    bool finish(moment until);

    /// The same for a server that goes on (a reload): nobody asks for anything more, every
    /// answer that is due is waited for, and connections are closed as they become idle.
    /// Instead of finish().
    bool wind_down(moment until);

    /// Threads: any, at any time.
    [[nodiscard]] const load_counters& counters() const noexcept;

    /// Moves what was recorded into `trial`: exchanges, connections, in_cell, generator, and
    /// the marks that the load sees (load_begun, routes_withdrawn, signal_sent, not_ready,
    /// close_announced, last_accepted, last_response, last_connection_closed).
    /// Only after finish() or wind_down().
    void take(trial_record& trial);

private:
    std::unique_ptr<load_engine> engine_;
    std::thread thread_;
};

/// Sends single requests before the load, to learn what the server supports.
/// Returns: for each lane of `plan` empty text, or why it has to be left out ("POST /x
///          answers 405"). Blocks: at most about a second for each lane.
[[nodiscard]] std::vector<std::string> why_left_out(const load_plan& plan);

/// How many connections the plan holds at once, for the check of limits.
[[nodiscard]] std::uint64_t connections_of(const load_plan& plan) noexcept;

}  // namespace lastcall::drill
