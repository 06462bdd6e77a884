// Requests at half of the greatest rate, by intended time: how late the generator itself is.
#include <cstdio>

#include "figures.hpp"

namespace load_bench {

void measure_late(bench& all) {
    const web_server server;
    std::vector<double> late;
    std::vector<double> rates;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const double most = run_load(as_fast_as_it_can(server), all.chosen.seconds).rate;
        auto plan = server.plan();
        drill::lane_plan lane;
        lane.kind = drill::lane_kind::open;
        lane.clients = 64;
        lane.rate = most / 2;
        plan.lanes = {lane};
        const auto seen = run_load(plan, all.chosen.seconds);
        late.push_back(static_cast<double>(seen.trial.generator.late_p99_ns) / 1e6);
        rates.push_back(seen.rate / 1000);
        std::fprintf(stderr, "late %d/%d p99 %.3f ms, %.0f of %.0f requests/s\n", i + 1,
                     all.chosen.runs, late.back(), seen.rate, most / 2);
    }
    all.into.add({"late", "drill", "requests a second, in thousands", "k", rates});
    all.into.add(
        {"late", "drill", "lateness p99 at half of the greatest rate", "ms", late, goal{1, false}});
}

}  // namespace load_bench
