// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/command_line.hpp"

namespace doctor_bench {

struct options : measured::choice {
    int runs = 7;            ///< of each figure
    int processes = 1000;    ///< on the host, beside who is looked at
    int sockets = 20'000;    ///< connected TCP sockets, likewise
    int connections = 4000;  ///< of the figure held
};

/// `figures`: the names that are known.
/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2 for
/// what cannot be understood.
[[nodiscard]] std::optional<int> read_options(int argc, const char* const* argv,
                                              const std::vector<std::string>& figures,
                                              options& into);

}  // namespace doctor_bench
