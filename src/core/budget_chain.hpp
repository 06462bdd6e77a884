// Whether a stop fits: each service's grace, the services in the order in which they stop, and
// the limit that the platform sets for all of it. Pure.
//
// Services stop in stages: a stage begins when the one before it has ended, and inside a stage
// they stop side by side. So the whole takes the longest grace of each stage, one behind the
// other; this is what the keeper does alone when no agent is there, and nothing takes longer.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lastcall::core {

struct budget_service {
    std::string name;
    std::vector<std::string> after;  ///< what it stops before
    std::chrono::nanoseconds grace{0};
    std::chrono::nanoseconds delay{0};
    std::optional<std::chrono::nanoseconds> reserve;  ///< unset: 5 %, at least 500 ms
    bool has_pre_stop = false;
};

struct budget_input {
    std::vector<budget_service> services;
    std::chrono::nanoseconds stop_within{0};        ///< of the configuration; 0: not given
    std::optional<std::chrono::nanoseconds> limit;  ///< of the platform; unset: none, or unknown
    std::string limit_source;                       ///< "TimeoutStopSec of lastcall.service"
    std::string limit_setting;                      ///< what to raise: "TimeoutStopSec"
    bool limit_is_sure = true;                      ///< false: the platform's default
    std::chrono::nanoseconds own{std::chrono::seconds(2)};  ///< of the agent, for its last rows
};

/// How the grace of one service is divided, at worst.
struct budget_share {
    std::string name;
    std::size_t stage = 0;
    std::chrono::nanoseconds starts{0};    ///< from the start of the whole stop
    std::chrono::nanoseconds announce{0};  ///< the delay, or the half that a pre-stop may take
    std::chrono::nanoseconds program{0};   ///< from the signal to SIGKILL
    std::chrono::nanoseconds reserve{0};   ///< from SIGKILL until it is gone
    bool has_pre_stop = false;
    [[nodiscard]] std::chrono::nanoseconds ends() const noexcept {
        return starts + announce + program + reserve;
    }
};

struct budget_stage {
    std::vector<std::string> names;
    std::string longest;
    std::chrono::nanoseconds takes{0};
};

struct budget_finding {
    bool is_error = true;
    std::string why;
    std::string fix;
};

struct budget_chain {
    std::vector<budget_stage> stages;  ///< in the order of the stop
    std::vector<budget_share> shares;  ///< likewise
    std::chrono::nanoseconds services{0};
    std::chrono::nanoseconds own{0};
    std::chrono::nanoseconds stop_within{0};
    std::optional<std::chrono::nanoseconds> limit;
    std::string limit_source;
    std::vector<budget_finding> findings;

    [[nodiscard]] std::chrono::nanoseconds total() const noexcept { return services + own; }
    [[nodiscard]] bool fits() const noexcept;

    /// A line for each service with its time as a bar, and what it sums up to.
    [[nodiscard]] std::string text(std::size_t width = 80) const;
};

/// In the order of stop_stages(). Errors: order_error.
[[nodiscard]] budget_chain make_budget_chain(const budget_input& of);

}  // namespace lastcall::core
