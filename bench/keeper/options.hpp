// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace keeper_bench {

struct options {
    std::vector<std::string> figures;  ///< in the order they are measured
    std::string out;                   ///< writes OUT.md and OUT.json; neither when empty
    std::string bin;                   ///< folder of lastcall-init and keeper_child
    int idle_seconds = 60;
    int signals = 2000;    ///< to each init
    int rounds = 20;       ///< in which they are sent, the inits in turn
    int starts = 100;      ///< of each init, for what is measured once in a life
    int zombies = 20'000;  ///< at once
    int runs = 7;          ///< of each init, for what takes long
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

}  // namespace keeper_bench
