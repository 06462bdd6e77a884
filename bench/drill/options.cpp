#include "options.hpp"

namespace load_bench {
namespace {

constexpr std::string_view help =
    "Usage: load_bench rate|held|late|log|all [options]\n"
    "\n"
    "Measures the load generator of `lastcall drill` against nginx, wrk beside it.\n"
    "\n"
    "  rate             plain keep-alive GET as fast as one core can: share of wrk's rate\n"
    "  held             memory with many idle connections\n"
    "  late             how late requests are sent at half of the greatest rate\n"
    "  log              by how much the event log slows the load down\n"
    "\n"
    "  --out NAME       write NAME.md and NAME.json\n"
    "  --runs N         runs of each figure, 1 to 100 (5)\n"
    "  --seconds N      of load for each run, 1 to 60 (3)\n"
    "  --connections N  for held, 1 to 28000 (15000)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    const measured::command_line known{
        "load_bench",
        help,
        figures,
        {number_flag("--runs", into.runs, 1, 100), number_flag("--seconds", into.seconds, 1, 60),
         number_flag("--connections", into.connections, 1, 28'000)}};
    return measured::read_command_line(argc, argv, known, into);
}

}  // namespace load_bench
