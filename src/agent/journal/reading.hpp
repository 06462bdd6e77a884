// Rows of a database by a query; and opening a journal of another process without a trace.
#pragma once

#include <vector>

#include "agent/journal/database.hpp"
#include "agent/journal/head_file.hpp"

namespace lastcall::agent {

/// Inside of its own transaction. Each row that is read is verified, and its place in the
/// chain. Errors: journal_error.
[[nodiscard]] std::vector<journal_row> read_rows(database& db, const journal_query& query);

/// A journal that is only looked at.
struct opened_journal {
    head_file last;  ///< held first and released last: it keeps a writer out, if none is there
    database db;
};
/// Errors: journal_error.
[[nodiscard]] opened_journal open_to_look(const std::string& file);

/// Errors: journal_error: no journal at all, or of a newer version.
void require_known_version(database& db);

}  // namespace lastcall::agent
