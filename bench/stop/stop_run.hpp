// One start, one load, one stop: what every figure is made of.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "drill/load/load.hpp"
#include "drill/record/tally.hpp"
#include "servers.hpp"
#include "shared/scratch.hpp"

namespace stop_bench {

/// A server that runs and answers.
class running_server {
public:
    /// Errors: std::runtime_error, with its last words, when it does not get ready.
    explicit running_server(const server& kind);

    [[nodiscard]] lastcall::drill::subject& process() noexcept { return *process_; }
    [[nodiscard]] const lastcall::sys::endpoint& at() const noexcept { return at_; }

private:
    measured::scratch home_;  // outlives the process
    lastcall::sys::endpoint at_;
    std::unique_ptr<lastcall::drill::subject> process_;
};

/// A load without lanes. Its connections are where they happen to be at the signal.
[[nodiscard]] lastcall::drill::load_plan plan_for(const lastcall::sys::endpoint& at);

[[nodiscard]] lastcall::drill::lane_plan lane_for(lastcall::drill::lane_kind kind, int clients,
                                                  const std::string& get = "/");

/// Keep-alive connections with a think time of 20 ms; 30 % POST where orders are taken.
[[nodiscard]] lastcall::drill::lane_plan shoppers(const server& one, int clients);

/// What the figures under load share: shoppers, clients with a new connection each time, and
/// requests of 300 ms where the server can be slow.
[[nodiscard]] lastcall::drill::load_plan everyday_mix(const server& one,
                                                      const lastcall::sys::endpoint& at);

/// A load that runs, and the texts of its records, which outlive it.
class running_load {
public:
    explicit running_load(const lastcall::drill::load_plan& plan) : load_(plan, names_) {
        load_.start();
    }
    [[nodiscard]] lastcall::drill::load& get() noexcept { return load_; }
    [[nodiscard]] const auto& names() const noexcept { return names_; }

private:
    std::shared_ptr<lastcall::drill::name_pool> names_ =
        std::make_shared<lastcall::drill::name_pool>();
    lastcall::drill::load load_;
};

struct stop_result {
    bool ended = false;  ///< by itself, within the ceiling; all else is meaningless if not
    double signal_to_exit_ms = 0;
    double last_response_to_exit_ms = 0;
    int exit_code = 0;
    lastcall::drill::tally requests;
    lastcall::drill::trial_record trial;
    std::shared_ptr<lastcall::drill::name_pool> names;  ///< of the texts in `trial`
};

/// Longest wait for any server's end; ours promises less.
inline constexpr std::chrono::seconds ceiling{20};

/// Sends the server's signal while `load` runs, waits for the exit, and then for the load.
/// A server that does not end is killed.
[[nodiscard]] stop_result stop_under(const server& kind, running_server& running,
                                     running_load& load);

/// Waits until `what` holds, and sees to it that the server lives.
/// Errors: std::runtime_error when it ended, or a minute has passed.
void wait_for(running_server& running, const std::function<bool()>& what);

/// The same, for so long.
void wait_for(running_server& running, std::chrono::nanoseconds a_while);

/// For the table: how many stops had no end; empty when there was none.
[[nodiscard]] std::string never_ended(int stops);

}  // namespace stop_bench
