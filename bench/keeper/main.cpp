// lastcall-init and its peers, measured in the same run; how that went becomes a table.
#include <sched.h>

#include <vector>

#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace keeper_bench;

const measured::figure_table<bench> figures{
    {"still", measure_still}, {"forward", measure_forward}, {"stop", measure_stop},
    {"reap", measure_reap},   {"end", measure_end},         {"tree", measure_tree},
};

/// The first two processors that we may use; the only one twice.
processors choose_processors() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    ::sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<int> found;
    for (std::size_t i = 0; i < CPU_SETSIZE && found.size() < 2; ++i) {
        if (CPU_ISSET(i, &allowed)) {
            found.push_back(static_cast<int>(i));
        }
    }
    return found.empty() ? processors{} : processors{found.front(), found.back()};
}

}  // namespace

int main(int argc, char** argv) {
    return measured::run_program("keeper_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     bench all{chosen, choose_processors(), {}};
                                     all.inits = find_inits(chosen.bin, all.into);
                                     stay_on(all.on.sender);
                                     return measured::measure_chosen(all, figures);
                                 });
}
