// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/command_line.hpp"

namespace keeper_bench {

struct options : measured::choice {
    std::string bin;  ///< folder of lastcall-init and keeper_child
    int idle_seconds = 60;
    int signals = 2000;    ///< to each init
    int rounds = 20;       ///< in which they are sent, the inits in turn
    int starts = 100;      ///< of each init, for what is measured once in a life
    int zombies = 20'000;  ///< at once
    int runs = 7;          ///< of each init, for what takes long
};

/// `figures`: the names that are known.
/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2 for
/// what cannot be understood.
[[nodiscard]] std::optional<int> read_options(int argc, const char* const* argv,
                                              const std::vector<std::string>& figures,
                                              options& into);

}  // namespace keeper_bench
