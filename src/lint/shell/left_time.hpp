// How long a script leaves to what it stops, before it gives up or sends SIGKILL.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lint/shell/stopping.hpp"

namespace lastcall::lint::shell {

struct left_time {
    std::optional<std::chrono::milliseconds> value;  ///< unset: no limit of the script's own
    stop_way way = stop_way::kill;
    std::vector<argument> targets;  ///< of the command that asks for the stop
    stretch where;                  ///< of what limits it: `timeout 30 systemctl stop web`
};

/// Each stop that is asked for: `timeout 30 systemctl stop web`, `docker stop -t 5 web`, and
/// `kill $pid; sleep 5; kill -9 $pid`.
[[nodiscard]] std::vector<left_time> left_times(const execution& of);

}  // namespace lastcall::lint::shell
