// The figures, each in a file of its own.
#pragma once

#include "options.hpp"
#include "shared/results.hpp"
#include "web_server.hpp"

namespace load_bench {

using measured::goal;
using measured::results;

struct bench {
    options chosen;
    results into{{"load_bench", "The load generator of the drill", "load"}};
};

void measure_rate(bench& all);
void measure_held(bench& all);
void measure_late(bench& all);
void measure_log(bench& all);

}  // namespace load_bench
