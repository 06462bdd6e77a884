// SIGTERM to exit with processes below. The other inits exit with the main program, and the
// kernel kills the rest of the namespace; ours tells each of them to stop, and waits.
#include <signal.h>

#include "figures.hpp"

namespace keeper_bench {

void measure_tree(bench& all) {
    for (const int count : {1, 100, 1000}) {
        values_of took;
        in_turn(all, "tree", all.chosen.runs, [&](const init& what) {
            if (what.is == kind::none) {
                return;
            }
            running one(what, all.plan(place::pid_1, {"tree", std::to_string(count - 1)}));
            const std::int64_t sent = one.send(SIGTERM);
            took[what.name].push_back(static_cast<double>(one.wait_exit() - sent) / 1e6);
        });
        add_rows(all, "tree",
                 "SIGTERM to exit, " + std::to_string(count) +
                     (count == 1 ? " process below" : " processes below"),
                 "ms", took);
    }
    all.into.note(
        "tree: the other inits leave when the main program has; the kernel kills the rest");
}

}  // namespace keeper_bench
