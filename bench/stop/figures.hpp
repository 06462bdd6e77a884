// The figures, each in a file of its own.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "options.hpp"
#include "servers.hpp"
#include "shared/results.hpp"

namespace stop_bench {

using measured::goal;

struct bench {
    options chosen;
    std::vector<server> servers;  ///< ours first
    results into{{"stop_bench", "Stops of whole processes", "server"}};
};

void measure_idle(bench& all);
void measure_mixed(bench& all);
void measure_many(bench& all);
void measure_lost(bench& all);
void measure_deadline(bench& all);

/// How often `one` is stopped where ours is stopped `usual` times unless asked otherwise.
[[nodiscard]] inline int stops_of(const bench& all, const server& one, int usual) {
    const int ours = all.chosen.stops > 0 ? all.chosen.stops : usual;
    return one.ours ? ours : std::min(ours, all.chosen.peer_stops);
}

/// Calls `stop(server)` as often as stops_of() says, the servers in turn, so that what
/// disturbs the machine for a while disturbs all of them. A stop that cannot be done is
/// noted, and that server left out from then on.
void in_turn(bench& all, const char* figure, int usual,
             const std::function<void(const server&)>& stop);

}  // namespace stop_bench
