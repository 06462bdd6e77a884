// The words of a unit's value: quotes and escapes of systemd.syntax(7).
#pragma once

#include <vector>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

struct unit_word {
    mapped_text text;
    bool is_plain = true;  ///< without quotes and escapes
};

struct unit_words {
    std::vector<unit_word> words;
    bool is_whole = true;  ///< no quote is left open; what is behind it is taken as its content
};

/// Splits at blanks. What follows a backslash and is no escape of systemd keeps its backslash.
[[nodiscard]] unit_words split_unit_words(const mapped_text& value);

}  // namespace lastcall::lint
