// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/command_line.hpp"

namespace stop_bench {

struct options : measured::choice {
    std::string bin;           ///< folder of orders and deaf_service
    int stops = 0;             ///< of our service for each figure; 0: as the figure says
    int peer_stops = 5;        ///< of each peer for each figure; 0: no peers
    int connections = 10'000;  ///< of the figure 10k
};

/// `figures`: the names that are known.
/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2 for
/// what cannot be understood.
[[nodiscard]] std::optional<int> read_options(int argc, const char* const* argv,
                                              const std::vector<std::string>& figures,
                                              options& into);

}  // namespace stop_bench
