// One connection to a SQLite file, and how a transaction on it is forced.
//
// sqlite3_interrupt ends only statements that run at that moment. So a forced
// transaction is marked, and the mark is looked at before each step, every 1,000
// instructions of a running statement (progress handler), and while it waits for
// another process's lock (busy handler). A commit that has begun is not marked:
// SQLite could finish it and still answer "interrupted".
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "adapters/sqlite/statement.hpp"

namespace lastcall::detail {

class sqlite_connection {
public:
    enum class kind { writer, reader };

    /// Lifetime: of `options`. Does not open.
    sqlite_connection(const sqlite_options& options, kind what) noexcept
        : options_(options), kind_(what) {}
    sqlite_connection(const sqlite_connection&) = delete;
    sqlite_connection& operator=(const sqlite_connection&) = delete;
    ~sqlite_connection();

    /// Errors: sqlite_error; it is closed then.
    void open();

    /// Finalises and closes. The last connection of all to a file folds its log back and
    /// removes it. Errors: sqlite_error: a statement of it still runs.
    void close();

    /// `forceable`     whether `force` ends it.
    /// `forced_early`  set by whoever forces, before `force`: this one may come too early.
    /// Errors: sqlite_error; no transaction is open then.
    void begin(bool forceable, const std::atomic<bool>& forced_early);

    /// Errors: sqlite_error; rolled back then.
    void commit();

    void rollback() noexcept;

    /// A statement of the transaction that runs. Errors: as the cache's; sqlite_error when
    /// the transaction is forced, or SQLite has rolled it back.
    sqlite_statement& borrow(std::string_view sql, std::span<const sqlite_param> params);
    void give_back(sqlite_statement& statement) noexcept { statements_.give_back(statement); }

    /// Returns: whether there is a row. Errors: sqlite_error.
    bool step(sqlite_statement& statement);

    void script(const std::string& sql);

    /// Forces the transaction that runs, if one does. Threads: any. Blocks: never.
    void force() noexcept;

    [[nodiscard]] sqlite3* handle() const noexcept { return db_; }

    /// Pages in the write-ahead log after the last commit here.
    [[nodiscard]] int log_pages() const noexcept { return log_pages_; }

private:
    enum class stage { idle, forceable, firm };

    static int on_progress(void* self);
    static int on_busy(void* self, int tries);
    static int on_log(void* self, sqlite3* db, const char* schema, int pages);
    void check(std::string_view sql) const;
    void enter(stage next) noexcept;
    void run_plain(const char* sql);
    [[noreturn]] void fail(std::string_view sql) const;

    const sqlite_options& options_;
    const kind kind_;
    sqlite3* db_ = nullptr;
    sqlite_statement_cache statements_;
    clock::time_point busy_since_{};
    int log_pages_ = 0;

    std::mutex mutex_;  ///< so that a force hits the right transaction
    std::condition_variable forced_now_;
    stage stage_ = stage::idle;
    std::atomic<bool> forced_{false};  ///< written under the mutex, only while forceable
};

}  // namespace lastcall::detail
