#include "options.hpp"

namespace doctor_bench {
namespace {

constexpr std::string_view help =
    "Usage: doctor_bench pid|port|since|held|all [options]\n"
    "\n"
    "Measures what one call of `lastcall doctor` costs on a host that is full.\n"
    "\n"
    "  pid              doctor PID\n"
    "  port             doctor --port N, where its owner is the last process of the host\n"
    "  since            doctor PID --since 5s, of a program with a connection to others\n"
    "  held             doctor PID, of a server that holds many connections\n"
    "\n"
    "  --out NAME       write NAME.md and NAME.json\n"
    "  --runs N         runs of each figure, 1 to 100 (7)\n"
    "  --processes N    on the host, 0 to 20000 (1000)\n"
    "  --sockets N      connected TCP sockets on the host, 0 to 28000 (20000)\n"
    "  --connections N  for held, 1 to 4000 (4000)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    const measured::command_line known{"doctor_bench",
                                       help,
                                       figures,
                                       {number_flag("--runs", into.runs, 1, 100),
                                        number_flag("--processes", into.processes, 0, 20'000),
                                        number_flag("--sockets", into.sockets, 0, 28'000),
                                        number_flag("--connections", into.connections, 1, 4000)}};
    return measured::read_command_line(argc, argv, known, into);
}

}  // namespace doctor_bench
