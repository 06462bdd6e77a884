// What happened during a stop, for people and for programs.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/gate.hpp>
#include <lastcall/state.hpp>

namespace lastcall {

/// One step of one component.
struct step_report {
    std::string component;
    std::string step;                    ///< "drain" or "close"
    std::chrono::microseconds start{0};  ///< since the stop was requested
    std::chrono::microseconds duration{0};
    std::chrono::microseconds share{0};  ///< of the deadline
    lastcall::result result = result::clean;
    std::string error;  ///< what it threw; empty otherwise
};

/// When the service entered a state.
struct state_report {
    lastcall::state state = state::starting;
    std::chrono::microseconds start{0};  ///< since the stop was requested
};

/// A signal or a request that arrived, the first or a later one.
struct stop_request {
    stop_reason reason = stop_reason::none;
    std::string note;    ///< of request_stop(); empty for signals
    int sender_pid = 0;  ///< 0: the kernel, or this process
    unsigned sender_uid = 0;
    std::chrono::microseconds at{0};  ///< since the first

    /// What the keeper said, with the signal, is left until it kills; may be negative.
    std::optional<std::chrono::milliseconds> left = {};
};

struct report {
    std::string service;
    lastcall::result result = result::clean;
    std::vector<stop_request> requests;    ///< the first one is the reason
    std::chrono::milliseconds grace{0};    ///< what the platform gives
    std::chrono::milliseconds reserve{0};  ///< kept back from it
    std::string grace_source;              ///< "code", "LASTCALL_GRACE", "keeper", ...
    std::chrono::microseconds total{0};    ///< from the request to the end
    std::vector<state_report> states;
    std::vector<step_report> steps;     ///< in order of their start
    std::vector<occupant> left;         ///< work still inside at the end
    std::vector<std::string> degraded;  ///< what the kernel or sandbox refused
    lastcall::exit_status exit = exit_status::clean;

    [[nodiscard]] int exit_code() const noexcept { return static_cast<int>(exit); }

    /// One JSON object on one line, `"schema": 1`. Durations end in `_ms`.
    [[nodiscard]] std::string json() const;

    /// The same as text: a line for each step with a bar on a common time axis.
    [[nodiscard]] std::string timeline() const;
};

}  // namespace lastcall
