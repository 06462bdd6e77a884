// What can be chosen on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/command_line.hpp"

namespace lint_bench {

struct options : measured::choice {
    int runs = 5;        ///< of each figure
    int files = 10'000;  ///< of the tree of the figure files
    int mib = 1024;      ///< of the tree of the figure memory
    int garbage = 10;    ///< MB of each file of the figure garbage
};

/// `figures`: the names that are known.
/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2 for
/// what cannot be understood.
[[nodiscard]] std::optional<int> read_options(int argc, const char* const* argv,
                                              const std::vector<std::string>& figures,
                                              options& into);

}  // namespace lint_bench
