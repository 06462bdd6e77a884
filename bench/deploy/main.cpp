// Services are replaced while they are used; how that went becomes a table.
#include <string_view>

#include "empty_filter.hpp"
#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace deploy_bench {

std::vector<service> services_of(bench& all) {
    std::vector<service> made;
    if (auto node = node_service()) {
        made.push_back(*std::move(node));
    } else {
        all.into.note("node is not installed, or not in PATH");
    }
    made.push_back(orders_service(all.chosen.bin));
    return made;
}

}  // namespace deploy_bench

namespace {

using namespace deploy_bench;

const measured::figure_table<bench> figures{
    {"latency", measure_latency}, {"cut", measure_cut},     {"back", measure_back},
    {"resume", measure_resume},   {"still", measure_still}, {"bare", measure_bare},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc > 2 && std::string_view(argv[1]) == empty_filter_word) {
        return run_under_empty_filter(argv + 2);
    }
    return measured::run_program("deploy_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     bench all{chosen};
                                     return measured::measure_chosen(all, figures);
                                 });
}
