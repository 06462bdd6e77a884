// The greatest rate with the event log and without, in pairs.
#include <cstdio>

#include "figures.hpp"

namespace load_bench {

void measure_log(bench& all) {
    const web_server server;
    const measured::scratch home;
    const drill::run_record run;
    std::vector<double> slower;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const double without = run_load(as_fast_as_it_can(server), all.chosen.seconds).rate;
        drill::event_log_writer events(home.path() / "events.ndjson");
        events.begin(run);
        events.begin_trial(drill::trial_record{});
        const double with = run_load(as_fast_as_it_can(server), all.chosen.seconds, &events).rate;
        if (!events.problem().empty()) {
            all.into.note("log: " + events.problem());
        }
        slower.push_back(100 * (1 - with / without));
        std::fprintf(stderr, "log %d/%d %.0f with, %.0f without\n", i + 1, all.chosen.runs, with,
                     without);
    }
    all.into.add({"log", "drill", "slower with the event log", "%", slower, goal{5, false}});
}

}  // namespace load_bench
