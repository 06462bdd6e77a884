// What is said to who types an option that there is not.
#pragma once

#include <CLI/CLI.hpp>
#include <span>

namespace lastcall::cli {

/// Prints the help that was asked for, or what is wrong, with the option that is nearest.
/// Returns: the exit status.
[[nodiscard]] int tell_of(const CLI::App& app, const CLI::ParseError& problem,
                          std::span<char* const> arguments);

}  // namespace lastcall::cli
