// Follows the chain of rows as they are stored, forwards or backwards, and says where it is
// broken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/journal/database.hpp"

namespace lastcall::agent {

/// Where a chain is broken, in words. No words: it is not.
struct chain_problem {
    std::int64_t row = 0;
    std::string what;
    explicit operator bool() const noexcept { return !what.empty(); }
};

/// A row as it is stored.
struct stored_row {
    std::int64_t number = 0;
    std::string_view body, hash;
};

class chain {
public:
    /// The next row in the direction of the walk.
    chain_problem follow(const stored_row& row);

    /// Of the row that was followed last; 0 and no hash before the first.
    [[nodiscard]] std::int64_t number() const noexcept { return number_; }
    [[nodiscard]] const std::string& hash() const noexcept { return hash_; }
    [[nodiscard]] const std::string& previous() const noexcept { return previous_; }

private:
    std::int64_t number_ = 0;
    std::string hash_, previous_;
};

/// What a `summary` row says of the rows that it stands for.
struct summary_span {
    std::int64_t row = 0;   ///< its own number; 0: there is none
    std::int64_t last = 0;  ///< 0: that row is no summary
    std::string last_hash;
};

/// What the database has, read from the first row to the last.
struct chain_look {
    std::int64_t first = 0, last = 0;  ///< 0: there are no rows
    std::string hash;                  ///< of the last
    std::string head_row_hash;         ///< of the row with the number that was asked for
    summary_span summary;
    chain_problem problem;
};

/// Reads the newest summary. Errors: journal_error; nlohmann::json::exception.
[[nodiscard]] summary_span newest_summary(const database& db);

/// Walks all of it, inside of a transaction of the caller. Damage is an answer.
[[nodiscard]] chain_look look_at(const database& db, std::int64_t head_number);

}  // namespace lastcall::agent
