// A short command to its end: what it printed, and how it ended.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill {

struct command_result {
    int status = 0;         ///< exit status, or 128 + the signal; 124 when it took too long
    std::string output;     ///< stdout and stderr
    bool is_there = false;  ///< false: it could not be started, `output` says why
};

/// Errors: none. Blocks: up to `limit`, then it is killed.
[[nodiscard]] command_result run_command(const std::vector<std::string>& argv,
                                         std::chrono::nanoseconds limit = std::chrono::seconds(20));

/// "docker stop web", for messages.
[[nodiscard]] std::string in_words(const std::vector<std::string>& argv);

/// The value of "NAME=value" on a line of its own; empty when there is none.
[[nodiscard]] std::string_view value_of(std::string_view text, std::string_view name) noexcept;

/// The number that `text` begins with; 0 when there is none.
[[nodiscard]] int number_of(std::string_view text) noexcept;

}  // namespace lastcall::drill
