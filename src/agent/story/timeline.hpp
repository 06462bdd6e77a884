// One deploy: a line for each state, how long it lasted, and why it went back.
#pragma once

#include <string>

#include "agent/story/facts.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story {

/// `all`  rows in the order of their numbers; those of other deploys are passed over
[[nodiscard]] std::string timeline_text(const rows& all, std::int64_t deploy, const zone& where);

}  // namespace lastcall::agent::story
