// What a look of the doctor costs, as a table.
#include <cstdio>
#include <exception>

#include "figures.hpp"
#include "shared/figure_table.hpp"

namespace {

using namespace doctor_bench;

const measured::figure_table<bench> figures{
    {"pid", measure_pid}, {"port", measure_port}, {"since", measure_since}, {"held", measure_held}};

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
        std::fprintf(stderr, "doctor_bench: %s\n", error.what());
        return 1;
    }
}
