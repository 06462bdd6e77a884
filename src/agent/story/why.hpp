// `lastcall why`: the last end of a service, as a person would tell it: who asked, when, what
// happened phase by phase, what blocked, what was killed, and what has been done since.
#pragma once

#include <string>

#include "agent/story/facts.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story {

/// `all`  rows in the order of their numbers; those of the agent itself among them
/// Returns: lines of text; when nothing has ended yet, that.
[[nodiscard]] std::string why_text(const rows& all, const std::string& service, const zone& where);

/// {"schema":1,"service":…,"generation":…,"asked_by":…,"rows":[numbers of the rows it is from]}.
[[nodiscard]] nlohmann::json why_json(const rows& all, const std::string& service);

}  // namespace lastcall::agent::story
