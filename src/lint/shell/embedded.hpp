// A program that stands in a word: what is behind `trap`, `eval`, `sh -c`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lint/shell/script.hpp"
#include "lint/shell/values.hpp"

namespace lastcall::lint::shell {

struct embedded_program {
    script program;
    /// The variables that the outer shell puts in before anybody reads the program, as in
    /// trap "kill $pid" TERM.
    std::vector<std::string> expanded_early;
};

/// Reads the word as a program whose places are those of the file. What the outer shell would
/// expand stays as it is written.
/// Returns: nothing when the word says nothing, as `"$command"` of which nothing is known.
[[nodiscard]] std::optional<embedded_program> read_embedded_word(const script& outer,
                                                                 const word& given,
                                                                 const variables& known);

}  // namespace lastcall::lint::shell
