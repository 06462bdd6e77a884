// What the load generator can do, as a table.
#include <cstdio>
#include <exception>

#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace load_bench;

const measured::figure_table<bench> figures{
    {"rate", measure_rate}, {"held", measure_held}, {"late", measure_late}, {"log", measure_log}};

}  // namespace

int main(int argc, char** argv) {
    options chosen;
    if (const auto exit = read_options(argc, argv, measured::names_of(figures), chosen)) {
        return *exit;
    }
    try {
        bench all{chosen};
        return measured::measure_chosen(all, figures);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load_bench: %s\n", error.what());
        return 1;
    }
}
