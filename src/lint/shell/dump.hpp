// A shell program as a line of nested lists, for tests and for looking at what was read.
#pragma once

#include <string>
#include <vector>

#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {

/// `a "b $c" | d` is `(| (a [b\  $c]) (d))`: a simple command is a list of its words, a word that
/// is more than a text stands in brackets. Blanks and the signs of the lists have a backslash.
[[nodiscard]] std::string dump(const script& whole);

/// A problem for each line: `LINE:COLUMN: TEXT`.
[[nodiscard]] std::string dump_problems(const script& whole);

}  // namespace lastcall::lint::shell
