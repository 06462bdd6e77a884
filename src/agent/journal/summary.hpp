// One row that stands for the oldest ones: how many of each kind, when, their first and last
// hash, and the text of those that are still asked for. Pure, but for reading the rows.
#pragma once

#include <cstdint>

#include "agent/journal/database.hpp"

namespace lastcall::agent {

/// The fields of the summary of all rows up to `last`, those of an earlier summary included.
/// `most_carried`  bytes of rows that are kept as text
/// Errors: journal_error; nlohmann::json::exception.
[[nodiscard]] nlohmann::json summarise(database& db, std::int64_t last, std::size_t most_carried);

}  // namespace lastcall::agent
