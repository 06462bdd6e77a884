// The little of SQLite that a journal needs: a connection, a statement, errors as exceptions.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/journal/journal.hpp"

namespace lastcall::agent {

class database {
public:
    enum class mode : std::uint8_t {
        write,
        read_beside_writer,  ///< by the shared memory that the writer has made
        read_alone,          ///< nobody writes; a -wal that was left is read as well
        read_finished,       ///< nobody writes, and there is no -wal
    };
    /// Errors: journal_error.
    database(const std::string& file, mode how);

    void run(const char* sql);
    [[nodiscard]] std::int64_t number(const char* sql);
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    /// By the error that the connection has now.
    [[noreturn]] void fail(const std::string& doing) const;

private:
    struct closer {
        void operator()(sqlite3* handle) const noexcept { ::sqlite3_close_v2(handle); }
    };
    std::string file_;
    std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement. Reset by `done`, and at the end of its life.
class statement {
public:
    statement(const database& db, const char* sql);

    statement& bind(int place, std::int64_t value) noexcept;
    /// `text` must live until the step.
    statement& bind(int place, std::string_view text) noexcept;
    /// Returns: false at the end. Errors: journal_error.
    bool step();
    void done() noexcept { ::sqlite3_reset(handle_.get()); }

    [[nodiscard]] std::int64_t number(int column) const noexcept;
    /// Lives until the next step.
    [[nodiscard]] std::string_view text(int column) const noexcept;

private:
    struct closer {
        void operator()(sqlite3_stmt* handle) const noexcept { ::sqlite3_finalize(handle); }
    };
    const database& db_;
    std::unique_ptr<sqlite3_stmt, closer> handle_;
};

/// A transaction that is undone unless it was committed.
class transaction {
public:
    /// `begin`  "begin" for a look that does not change, "begin immediate" to write
    transaction(database& db, const char* begin) : db_(&db) { db.run(begin); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();
    void commit();

private:
    database* db_;
};

/// The file beside it that names the last row: journal.head of journal.db.
[[nodiscard]] std::string head_path(const std::string& file);

/// "FILE is damaged: WHAT", and what to do about it.
[[nodiscard]] journal_error damage(const std::string& file, const std::string& what);

}  // namespace lastcall::agent
