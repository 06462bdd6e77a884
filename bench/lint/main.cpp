// How fast files are linted, as a table.
#include <cstdio>
#include <exception>

#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace lint_bench;

const measured::figure_table<bench> figures{{"files", measure_files},
                                            {"garbage", measure_garbage},
                                            {"memory", measure_memory},
                                            {"peers", measure_peers}};

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
        std::fprintf(stderr, "lint_bench: %s\n", error.what());
        return 1;
    }
}
