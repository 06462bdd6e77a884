// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stop_bench {

struct options {
    std::vector<std::string> figures;  ///< in the order they are measured
    std::string out;                   ///< writes OUT.md and OUT.json; neither when empty
    std::string bin;                   ///< folder of orders and deaf_service
    int stops = 0;                     ///< of our service for each figure; 0: as the figure says
    int peer_stops = 5;                ///< of each peer for each figure; 0: no peers
    int connections = 10'000;          ///< of the figure 10k
};

struct parsed_options {
    options chosen;
    std::optional<int> exit;  ///< end at once with this status, after `message`
    std::string message;
};

/// `figures`: the names that are known. Exit statuses: 0 for --help, 2 for what cannot be
/// understood.
[[nodiscard]] parsed_options parse_options(int argc, const char* const* argv,
                                           const std::vector<std::string>& figures);

}  // namespace stop_bench
