// How fast files are linted, as a table.
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
    return measured::run_program("lint_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     bench all{chosen};
                                     return measured::measure_chosen(all, figures);
                                 });
}
