// What the load generator can do, as a table.
#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace load_bench;

const measured::figure_table<bench> figures{
    {"rate", measure_rate}, {"held", measure_held}, {"late", measure_late}, {"log", measure_log}};

}  // namespace

int main(int argc, char** argv) {
    return measured::run_program("load_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     bench all{chosen};
                                     return measured::measure_chosen(all, figures);
                                 });
}
