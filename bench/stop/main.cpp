// Whole services are started, put under load and stopped; how that went becomes a table.
#include <utility>

#include "figures.hpp"
#include "shared/figure_table.hpp"
#include "shared/scratch.hpp"

namespace {

using namespace stop_bench;

const measured::figure_table<bench> figures{
    {"idle", measure_idle}, {"mixed", measure_mixed},       {"10k", measure_many},
    {"lost", measure_lost}, {"deadline", measure_deadline},
};

}  // namespace

int main(int argc, char** argv) {
    return measured::run_program("stop_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     const measured::scratch built;
                                     bench all{chosen, {orders_server(chosen.bin)}};
                                     if (chosen.peer_stops > 0) {
                                         for (auto& one : peers(all.into, built.path())) {
                                             all.servers.push_back(std::move(one));
                                         }
                                     }
                                     return measured::measure_chosen(all, figures);
                                 });
}
