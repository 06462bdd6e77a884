// Prepared statements of one connection, kept for the next use.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/sqlite.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace lastcall::detail {

/// Throws the connection's last error, with the file and the statement.
[[noreturn]] void throw_sqlite_error(sqlite3* db, std::string_view sql);

struct sqlite_statement {
    std::string sql;
    sqlite3_stmt* handle = nullptr;
    bool borrowed = false;
    std::uint64_t used = 0;  ///< when it was borrowed last, in borrowings

    ~sqlite_statement();
};

class sqlite_statement_cache {
public:
    /// A prepared statement that nobody else uses, bound to `params`.
    /// Errors: sqlite_error; std::invalid_argument: not exactly one statement, or not one
    ///         parameter for each `?`.
    sqlite_statement& borrow(sqlite3* db, std::string_view sql,
                             std::span<const sqlite_param> params);

    void give_back(sqlite_statement& statement) noexcept;

    /// Takes back all that are borrowed.
    void reset() noexcept;

    /// Finalises all.
    void clear() noexcept { statements_.clear(); }

private:
    sqlite_statement& find_or_prepare(sqlite3* db, std::string_view sql);

    std::vector<std::unique_ptr<sqlite_statement>> statements_;
    std::uint64_t borrowings_ = 0;
};

}  // namespace lastcall::detail
