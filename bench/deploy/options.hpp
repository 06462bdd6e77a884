// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/command_line.hpp"

namespace deploy_bench {

struct options : measured::choice {
    std::string bin;        ///< folder of lastcall and orders
    int rounds = 3;         ///< of the figure latency
    int deploys = 5;        ///< in each of these rounds, and for the figures cut and back, 4 times
    int rate = 400;         ///< requests in a second over kept connections, in latency
    int kills = 20;         ///< of the agent
    int idle_seconds = 10;  ///< of the figure still
    int pairs = 15;         ///< of the figure bare
    int pair_ms = 1000;     ///< each half of a pair
};

/// `figures`: the names that are known.
/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2 for
/// what cannot be understood.
[[nodiscard]] std::optional<int> read_options(int argc, const char* const* argv,
                                              const std::vector<std::string>& figures,
                                              options& into);

}  // namespace deploy_bench
