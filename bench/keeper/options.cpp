#include "options.hpp"

#include "shared/programs.hpp"

namespace keeper_bench {
namespace {

constexpr std::string_view help =
    "Usage: keeper_bench still|forward|stop|reap|end|tree|all [options]\n"
    "\n"
    "Measures lastcall-init and, in the same run and in turn with it, those of tini,\n"
    "dumb-init and catatonit that are installed.\n"
    "\n"
    "  still              bytes on disk, resident memory, wake-ups while nothing happens\n"
    "  forward            a signal to the init until the program below has it (SIGUSR1)\n"
    "  stop               the same for the first signal of a life, SIGTERM\n"
    "  reap               waiting zombies reaped in a second; as PID 1 of a PID namespace\n"
    "  end                exit of the last process until the init's exit\n"
    "  tree               SIGTERM until the init's exit with 1, 100 and 1,000 processes;\n"
    "                     as PID 1 of a PID namespace\n"
    "\n"
    "  --out NAME         write NAME.md and NAME.json\n"
    "  --idle-seconds N   for still (60)\n"
    "  --signals N        to each init, for forward (2000)\n"
    "  --rounds N         in which they are sent (20)\n"
    "  --starts N         of each init, for stop and end (100)\n"
    "  --zombies N        for reap (20000)\n"
    "  --runs N           of each init, for reap and tree (7)\n"
    "  --bin DIR          where lastcall-init and keeper_child are (beside keeper_bench)\n"
    "  --help             this text\n"
    "\n"
    "reap and tree need root, to make PID namespaces. Exit status: 0 every figure was\n"
    "reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    constexpr int most = 100'000;
    const measured::command_line known{"keeper_bench",
                                       help,
                                       figures,
                                       {measured::text_flag("--bin", into.bin),
                                        number_flag("--idle-seconds", into.idle_seconds, 1, most),
                                        number_flag("--signals", into.signals, 1, most),
                                        number_flag("--rounds", into.rounds, 1, most),
                                        number_flag("--starts", into.starts, 1, most),
                                        number_flag("--zombies", into.zombies, 1, most),
                                        number_flag("--runs", into.runs, 1, most)}};
    if (const auto exit = measured::read_command_line(argc, argv, known, into)) {
        return exit;
    }
    if (into.signals < into.rounds) {
        return measured::refuse(known.program, "--signals cannot be fewer than --rounds");
    }
    if (into.bin.empty()) {
        into.bin = measured::own_folder();
    }
    return std::nullopt;
}

}  // namespace keeper_bench
