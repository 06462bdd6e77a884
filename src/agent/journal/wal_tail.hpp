// Whether a write-ahead log ends in the middle of something.
#pragma once

#include <cstdint>
#include <string>

namespace lastcall::agent {

/// `frames`  those that are whole and committed, sqlite3_wal_checkpoint_v2
/// Returns: whether more was begun after them. https://www.sqlite.org/fileformat2.html#walformat
[[nodiscard]] bool has_torn_tail(const std::string& wal_file, std::int64_t frames);

}  // namespace lastcall::agent
