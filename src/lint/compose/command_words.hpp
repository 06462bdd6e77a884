// The words of a `command` that is written as one text. No shell reads it: Compose splits it.
#pragma once

#include <optional>
#include <vector>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

/// Splits at blanks; quotes keep words together, a backslash keeps the byte behind it.
/// Returns: unset where a quote is left open.
[[nodiscard]] std::optional<std::vector<mapped_text>> split_command(const mapped_text& value);

}  // namespace lastcall::lint
