// Whole services are started, put under load and stopped; how that went becomes a table.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "figures.hpp"
#include "shared/scratch.hpp"

namespace {

using namespace stop_bench;

/// In the order in which `all` measures them.
const std::vector<std::pair<std::string, void (*)(bench&)>> figures{
    {"idle", measure_idle}, {"mixed", measure_mixed},       {"10k", measure_many},
    {"lost", measure_lost}, {"deadline", measure_deadline},
};

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
        const measured::scratch built;
        bench all{parsed.chosen, {orders_server(parsed.chosen.bin)}};
        if (parsed.chosen.peer_stops > 0) {
            for (auto& one : peers(all.into, built.path())) {
                all.servers.push_back(std::move(one));
            }
        }
        for (const auto& [name, measure] : figures) {
            if (std::ranges::find(parsed.chosen.figures, name) != parsed.chosen.figures.end()) {
                measure(all);
            }
        }
        const auto table = all.into.markdown();
        std::fputs(table.c_str(), stdout);
        if (!parsed.chosen.out.empty()) {
            all.into.write(parsed.chosen.out);
        }
        return all.into.all_reached() ? 0 : 3;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stop_bench: %s\n", error.what());
        return 1;
    }
}
