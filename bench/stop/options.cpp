#include "options.hpp"

#include "shared/programs.hpp"

namespace stop_bench {
namespace {

constexpr std::string_view help =
    "Usage: stop_bench idle|mixed|10k|lost|deadline|all [options]\n"
    "\n"
    "Starts whole services, stops them, and measures how that went: ours and, in the same\n"
    "run, those of its peers that are installed (nginx, haproxy, go, node).\n"
    "\n"
    "  idle             signal to exit, nothing going on\n"
    "  mixed            last response to exit, under mixed load\n"
    "  10k              signal to exit with 10,000 idle connections; memory for each of them\n"
    "  lost             requests lost on established connections, WebSockets told 1001\n"
    "  deadline         exit at the deadline when every handler is deaf\n"
    "\n"
    "  --out NAME       write NAME.md and NAME.json\n"
    "  --stops N        stops of our service for each figure (idle 20, mixed 20, 10k 5,\n"
    "                   lost 50, deadline 10)\n"
    "  --peer-stops N   stops of each peer for each figure, 0 leaves them out (5)\n"
    "  --connections N  for 10k, 1 to 15000 (10000)\n"
    "  --bin DIR        where orders and deaf_service are (beside stop_bench)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    const measured::command_line known{
        "stop_bench",
        help,
        figures,
        {measured::text_flag("--bin", into.bin), number_flag("--stops", into.stops, 1, 1000),
         number_flag("--peer-stops", into.peer_stops, 0, 1000),
         number_flag("--connections", into.connections, 1, 15'000)}};
    if (const auto exit = measured::read_command_line(argc, argv, known, into)) {
        return exit;
    }
    if (into.bin.empty()) {
        into.bin = measured::own_folder();
    }
    return std::nullopt;
}

}  // namespace stop_bench
