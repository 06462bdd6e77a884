// The figures, each in a file of its own.
#pragma once

#include "host.hpp"
#include "options.hpp"
#include "shared/results.hpp"

namespace deploy_bench {

using measured::goal;

struct bench {
    options chosen;
    measured::results into{{"deploy_bench", "Deploys of services that run", "service"}};

    [[nodiscard]] host_terms terms() const { return {.bin = chosen.bin}; }
};

void measure_latency(bench& all);
void measure_cut(bench& all);
void measure_back(bench& all);
void measure_resume(bench& all);
void measure_still(bench& all);
void measure_bare(bench& all);

/// Node, and orders. A note for what is not installed.
[[nodiscard]] std::vector<service> services_of(bench& all);

}  // namespace deploy_bench
