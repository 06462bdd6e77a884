// One start, one load, one stop: what every figure is made of.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "drill/load.hpp"
#include "drill/tally.hpp"
#include "servers.hpp"
#include "shared/scratch.hpp"

namespace stop_bench {

/// A server that runs and answers.
class running_server {
public:
    /// Errors: std::runtime_error, with its last words, when it does not get ready.
    explicit running_server(const server& kind);

    [[nodiscard]] lastcall::sys::subject& process() noexcept { return *process_; }
    [[nodiscard]] const lastcall::sys::endpoint& at() const noexcept { return at_; }

private:
    measured::scratch home_;  // outlives the process
    lastcall::sys::endpoint at_;
    std::optional<lastcall::sys::subject> process_;
};

struct stop_result {
    bool ended = false;  ///< by itself, within the ceiling; all else is meaningless if not
    double signal_to_exit_ms = 0;
    double last_response_to_exit_ms = 0;
    int exit_code = 0;
    lastcall::drill::tally requests;
    lastcall::drill::exchange_log log;
};

/// Longest wait for any server's end; ours promises less.
inline constexpr std::chrono::seconds ceiling{20};

/// Sends the server's signal while `load` runs, waits for the exit, and then for the load.
/// A server that does not end is killed.
[[nodiscard]] stop_result stop_under(const server& kind, running_server& running,
                                     lastcall::drill::load& load);

/// Waits until `what` holds, and sees to it that the server lives.
/// Errors: std::runtime_error when it ended, or a minute has passed.
void wait_for(running_server& running, const std::function<bool()>& what);

}  // namespace stop_bench
