// The comments and statements of a script, as suppressions want them.
#pragma once

#include <string_view>
#include <vector>

#include "lint/shell/script.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

/// `text`  that the script was read from
[[nodiscard]] std::vector<comment> comments_of(const shell::script& script, std::string_view text);

/// Of each command with all that is in it, in the order of the first lines.
[[nodiscard]] std::vector<statement_lines> statements_of(const shell::script& script);

}  // namespace lastcall::lint
