// One row on one line: `lastcall events -f`.
#pragma once

#include <string>

#include "agent/story/facts.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story {

/// "13:45:07.123 web #7 deploy 12: ready -> cut", without a line feed. A kind that is not known
/// is shown with its fields.
[[nodiscard]] std::string event_text(const journal_row& row, const zone& where);

}  // namespace lastcall::agent::story
