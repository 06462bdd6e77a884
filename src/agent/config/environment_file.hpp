// Environment files: a KEY=value in each line, as systemd.exec(5) and docker take them.
// Empty lines and those that begin with # are nothing; "export " in front is allowed. A value
// in double quotes knows \n \t \" \\ and may go on over lines, one in single quotes is taken
// as it is. Nothing is expanded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

using variables = std::vector<std::pair<std::string, std::string>>;

struct line_problem {
    int line = 0;
    std::string why, fix;
};

/// `problems`  gets what is wrong, by line; the other lines are read
[[nodiscard]] variables read_environment_text(std::string_view text,
                                              std::vector<line_problem>& problems);

/// A letter or _, then letters, digits and _.
[[nodiscard]] bool is_variable_name(std::string_view name) noexcept;
/// Variables that lastcall itself sets for a service, or that name a process; with the reason.
/// Empty: it may be set.
[[nodiscard]] std::string why_not_set(std::string_view name);

inline constexpr std::size_t longest_environment_file = 1U << 20U;

/// Errors: config::settings_error with file and line of the first problem.
[[nodiscard]] variables read_environment_file(const std::string& file, const surroundings& here);

}  // namespace lastcall::agent
