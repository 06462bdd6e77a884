#include "options.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "drill/text.hpp"

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

parsed_options refused(const std::string& why) {
    return {{}, 2, "keeper_bench: " + why + "\nTry `keeper_bench --help`.\n"};
}

/// Null for what is no option with a number.
int* number_of(options& chosen, std::string_view name) {
    return name == "--idle-seconds" ? &chosen.idle_seconds
           : name == "--signals"    ? &chosen.signals
           : name == "--rounds"     ? &chosen.rounds
           : name == "--starts"     ? &chosen.starts
           : name == "--zombies"    ? &chosen.zombies
           : name == "--runs"       ? &chosen.runs
                                    : nullptr;
}

bool take_number(const std::string& text, int& into) {
    constexpr std::uint64_t most = 100'000;
    std::uint64_t value = 0;
    if (!lastcall::drill::parse_number(text, value) || value == 0 || value > most) {
        return false;
    }
    into = static_cast<int>(value);
    return true;
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv,
                             const std::vector<std::string>& figures) {
    parsed_options made;
    options& chosen = made.chosen;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--help" || argument == "-h") {
            return {{}, 0, std::string(help)};
        }
        if (argument == "all") {
            chosen.figures = figures;
            continue;
        }
        if (std::ranges::find(figures, argument) != figures.end()) {
            chosen.figures.push_back(argument);
            continue;
        }
        int* const number = number_of(chosen, argument);
        std::string* const text = argument == "--out"   ? &chosen.out
                                  : argument == "--bin" ? &chosen.bin
                                                        : nullptr;
        if (number == nullptr && text == nullptr) {
            return refused("unknown figure or option " + argument);
        }
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (number != nullptr ? !take_number(value, *number) : value.empty()) {
            return refused(argument + " cannot be \"" + value + "\"");
        }
        if (text != nullptr) {
            *text = value;
        }
    }
    if (chosen.figures.empty()) {
        return refused("which figure? still, forward, stop, reap, end, tree or all");
    }
    if (chosen.signals < chosen.rounds) {
        return refused("--signals cannot be fewer than --rounds");
    }
    if (chosen.bin.empty()) {
        chosen.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    }
    return made;
}

}  // namespace keeper_bench
