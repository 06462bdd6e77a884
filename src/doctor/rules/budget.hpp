// The chain of times of a stop, from the program over its supervisors and its platform to who asks
// for the stop. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stop_cause.hpp"
#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

enum class link_kind : std::uint8_t {
    program,
    connections,  ///< of the program: idle ones that it keeps
    supervisor,
    platform,
    stopper,  ///< who asks for the stop, and gives it up
};

struct budget_link {
    std::string who;  ///< "gunicorn", "supervisord", "unit orders.service"
    /// What it takes at most, or grants; max(): without end; unset: not known.
    std::optional<std::chrono::nanoseconds> time;
    std::string source;      ///< "--graceful-timeout", "stopwaitsecs of /etc/a.conf:3"
    bool is_broken = false;  ///< it grants less than what is inside of it needs
    std::string setting{};   ///< what to raise: "TimeoutStopSec"; empty: the source says it
    int pid = 0;             ///< of the program, or of its supervisor
    link_kind kind = link_kind::program;
    bool is_default = false;  ///< of a supervisor: nobody has chosen this time
    std::size_t inner = 0;    ///< of a broken one: the link that needs more
    core::confidence sure = core::confidence::likely;  ///< of a broken one
};

/// From the inside to the outside.
[[nodiscard]] std::vector<budget_link> make_budget(const seen& of);

/// "30s", "1.5s", "without end", "not known".
[[nodiscard]] std::string budget_text(const std::optional<std::chrono::nanoseconds>& time);

}  // namespace lastcall::doctor
