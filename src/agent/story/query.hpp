// Which rows the stories are made from.
#pragma once

#include <string>

#include "agent/story/facts.hpp"

namespace lastcall::agent::story {

/// The newest rows of all services, of the kinds that `history_of`, `why_text` and
/// `timeline_text` look at.
[[nodiscard]] journal_query story_query();

/// What such a query returned, in the order of the numbers; of one service and of the agent
/// itself, or of all when `service` is empty.
[[nodiscard]] rows for_story(rows newest_first, const std::string& service);

}  // namespace lastcall::agent::story
