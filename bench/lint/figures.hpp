// The figures, each in a file of its own.
#pragma once

#include <filesystem>

#include "options.hpp"
#include "shared/command_cost.hpp"
#include "shared/results.hpp"

namespace lint_bench {

using measured::goal;
using measured::results;

struct bench {
    options chosen;
    results into{{"lint_bench", "Files that are linted", "what"}};
};

void measure_files(bench& all);
void measure_garbage(bench& all);
void measure_memory(bench& all);
void measure_peers(bench& all);

/// `lastcall lint PATH`. Errors: std::runtime_error: it ended neither with 0 nor with 3.
[[nodiscard]] measured::command_cost lint(const std::filesystem::path& what);

}  // namespace lint_bench
