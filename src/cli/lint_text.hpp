// Findings and rules for a reader at a screen.
#pragma once

#include <string>

#include "cli/screen.hpp"
#include "lint/engine/finding.hpp"

namespace lastcall::cli {

/// FILE:LINE:COLUMN: severity[RULE]: what; the line with a caret below it; why and what to do.
[[nodiscard]] std::string finding_text(const lint::finding& one, const screen& on);

/// Everything that the catalogue says of a rule.
[[nodiscard]] std::string rule_text(const lint::rule& one, const screen& on);

/// A line for each rule, below the names of their families.
[[nodiscard]] std::string rule_list_text();

}  // namespace lastcall::cli
