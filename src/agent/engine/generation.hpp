// One start of a service's program.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "agent/plan/run_plan.hpp"

namespace lastcall::agent {

struct generation {
    std::int64_t number = 0;
    service_spec spec;   ///< what it was started with
    run_plan plan;       ///< what runs; `held` is empty for one that was found running
    std::string digest;  ///< of the plan
    unsigned slot = 0;   ///< which of two it is for a switch outside: 0 or 1
    int pid = 0;         ///< of its lastcall-init; 0: it was not started yet
    std::uint64_t start_time = 0;
    bool lives = false;
    bool is_ready = false;
    bool is_stopping = false;                ///< it was told to stop
    bool is_steered = false;                 ///< as the keeper told when this agent came
    std::set<std::string> bound{};           ///< sockets that it has bound or listens on
    std::string status{};                    ///< STATUS= of sd_notify(3)
    std::chrono::nanoseconds started{0};     ///< CLOCK_BOOTTIME
    std::chrono::nanoseconds started_at{0};  ///< since 1970
    std::optional<std::chrono::nanoseconds> ready_after{};
};

}  // namespace lastcall::agent
