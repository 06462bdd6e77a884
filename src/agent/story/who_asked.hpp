// The beginning of the story: who asked for an end, and how it ended, in one sentence.
#pragma once

#include <optional>
#include <string>

#include "agent/story/last_end.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story {

/// As far as it was written down: by the row, else by what lastcall-init saw. Empty: nobody.
[[nodiscard]] std::string who_asked(const last_end& end);

/// From the stop to the end; of one that has ended.
[[nodiscard]] std::optional<nanoseconds> took(const last_end& end);

/// "web #7 was stopped by alice (uid 1000) on 2026-11-21 16:12:00 CET, and exited with 0 after
/// 2.3 s."
[[nodiscard]] std::string headline(const last_end& end, const std::string& service,
                                   const zone& where);

}  // namespace lastcall::agent::story
