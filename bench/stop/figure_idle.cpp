// Signal to exit of a service in which nothing is going on.
#include <map>

#include "figures.hpp"
#include "stop_run.hpp"

namespace stop_bench {

void measure_idle(bench& all) {
    std::map<std::string, std::vector<double>> values;
    in_turn(all, "idle", 20, [&](const server& one) {
        running_server running(one);
        running_load none(plan_for(running.at()));
        const auto seen = stop_under(one, running, none);
        if (seen.ended) {
            values[one.name].push_back(seen.signal_to_exit_ms);
        }
    });
    for (const auto& one : all.servers) {
        all.into.add({"idle", one.label(), "signal to exit", "ms", values[one.name],
                      one.ours ? std::optional(goal{10, false}) : std::nullopt});
    }
}

}  // namespace stop_bench
