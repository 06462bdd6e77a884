// A program under a seccomp(2) filter that lets everything through: what the kernel takes for
// having any filter at all.
#pragma once

#include <string>
#include <vector>

namespace deploy_bench {

/// The word with which this program, as its first argument, becomes the command behind it.
inline constexpr const char* empty_filter_word = "under-an-empty-filter";

[[nodiscard]] std::vector<std::string> under_empty_filter(std::vector<std::string> command);

/// Becomes `command`. Returns: only when it could not, with the exit status.
[[nodiscard]] int run_under_empty_filter(char** command);

}  // namespace deploy_bench
