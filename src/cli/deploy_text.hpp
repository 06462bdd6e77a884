// A deploy as a person reads it while it goes on and when it is over. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/status_text.hpp"

namespace lastcall::cli {

/// "deploy 7 of web: generation 3 → 4, node server-v2.js"
[[nodiscard]] std::string deploy_head(const json& deploy, const text_style& style);

/// A line for each state that was entered, from the `first` on: when, which, and what it means.
[[nodiscard]] std::vector<std::string> state_lines(const json& deploy, std::size_t first,
                                                   const text_style& style);

/// What goes on now, and for how long, to be drawn over itself.
[[nodiscard]] std::string running_line(const json& deploy, const text_style& style);

/// How it ended, why, and what runs now. `service` null: not known.
[[nodiscard]] std::vector<std::string> summary_lines(const json& deploy, const json& service,
                                                     const text_style& style);

/// All that somebody who approves it must know.
[[nodiscard]] std::vector<std::string> plan_lines(const json& deploy, const text_style& style);

[[nodiscard]] bool is_over(const json& deploy);
/// 0: done; 1: rolled back or rejected.
[[nodiscard]] int status_of_deploy(const json& deploy);

}  // namespace lastcall::cli
