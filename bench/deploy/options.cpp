#include "options.hpp"

#include "shared/programs.hpp"

namespace deploy_bench {
namespace {

constexpr std::string_view help =
    "Usage: deploy_bench latency|cut|back|resume|still|bare|all [options]\n"
    "\n"
    "Runs services under `lastcall up` and replaces them under load: Node, which knows nothing\n"
    "of it, and orders, which has the library.\n"
    "\n"
    "  latency            how long requests take during deploys, and while nothing happens\n"
    "  cut                the new one is ready until the old one gets no more connections\n"
    "  back               a rollback is asked for until the old one gets all connections\n"
    "  resume             SIGKILL to the agent until the next one answers, in a deploy\n"
    "  still              memory and wake-ups of the agent while nothing happens\n"
    "  bare               throughput of a service beside the same program run bare, in pairs\n"
    "\n"
    "  --out NAME         write NAME.md and NAME.json\n"
    "  --rounds N         for latency (3)\n"
    "  --deploys N        in each round; four times as many for cut and back (5)\n"
    "  --rate N           requests in a second for latency; a quarter more on new\n"
    "                     connections (400)\n"
    "  --kills N          for resume, 12 s each (20)\n"
    "  --idle-seconds N   for still (10)\n"
    "  --pairs N          for bare, of each service and load (15)\n"
    "  --pair-ms N        each half of a pair (1000)\n"
    "  --bin DIR          where lastcall and orders are (beside deploy_bench)\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    const measured::command_line known{
        "deploy_bench",
        help,
        figures,
        {measured::text_flag("--bin", into.bin), number_flag("--rounds", into.rounds, 1, 1000),
         number_flag("--deploys", into.deploys, 1, 1000),
         number_flag("--rate", into.rate, 4, 100'000), number_flag("--kills", into.kills, 1, 1000),
         number_flag("--idle-seconds", into.idle_seconds, 1, 100'000),
         number_flag("--pairs", into.pairs, 1, 1000),
         number_flag("--pair-ms", into.pair_ms, 10, 100'000)}};
    if (const auto exit = measured::read_command_line(argc, argv, known, into)) {
        return exit;
    }
    if (into.bin.empty()) {
        into.bin = measured::own_folder();
    }
    return std::nullopt;
}

}  // namespace deploy_bench
