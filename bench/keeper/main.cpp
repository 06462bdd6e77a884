// lastcall-init and its peers, measured in the same run; how that went becomes a table.
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "figures.hpp"

namespace {

using namespace keeper_bench;

/// In the order in which `all` measures them.
const std::vector<std::pair<std::string, void (*)(bench&)>> figures{
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
    std::vector<std::string> names;
    names.reserve(figures.size());
    for (const auto& [name, measure] : figures) {
        names.push_back(name);
    }
    const auto parsed = parse_options(argc, argv, names);
    if (parsed.exit) {
        std::fputs(parsed.message.c_str(), *parsed.exit == 0 ? stdout : stderr);
        return *parsed.exit;
    }
    try {
        bench all{parsed.chosen, choose_processors(), {}};
        all.inits = find_inits(parsed.chosen.bin, all.into);
        stay_on(all.on.sender);
        for (const auto& [name, measure] : figures) {
            if (std::ranges::find(parsed.chosen.figures, name) != parsed.chosen.figures.end()) {
                measure(all);
            }
        }
        std::fputs(all.into.markdown().c_str(), stdout);
        if (!parsed.chosen.out.empty()) {
            all.into.write(parsed.chosen.out);
        }
        return all.into.all_reached() ? 0 : 3;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "keeper_bench: %s\n", error.what());
        return 1;
    }
}
