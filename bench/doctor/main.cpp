// What a look of the doctor costs, as a table.
#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace doctor_bench;

const measured::figure_table<bench> figures{
    {"pid", measure_pid}, {"port", measure_port}, {"since", measure_since}, {"held", measure_held}};

}  // namespace

int main(int argc, char** argv) {
    return measured::run_program("doctor_bench", {argv, static_cast<std::size_t>(argc)}, figures,
                                 read_options, [](const options& chosen) {
                                     bench all{chosen};
                                     return measured::measure_chosen(all, figures);
                                 });
}
