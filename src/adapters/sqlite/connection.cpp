#include "adapters/sqlite/connection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace lastcall::detail {
namespace {

constexpr int instructions_between_looks = 1'000;

[[noreturn]] void throw_forced(std::string_view sql) {
    throw sqlite_error(SQLITE_INTERRUPT,
                       "sqlite: the transaction was forced at: " + std::string(sql),
                       std::string(sql));
}

}  // namespace

sqlite_connection::~sqlite_connection() {
    statements_.clear();
    sqlite3_close(db_);
}

void sqlite_connection::open() {
    if (db_ != nullptr) {
        return;
    }
    // NOMUTEX: a transaction belongs to one thread at a time, and sqlite3_interrupt needs
    // no lock.
    const int opened =
        sqlite3_open_v2(options_.file.c_str(), &db_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    try {
        if (opened != SQLITE_OK) {
            throw_sqlite_error(db_, "open " + options_.file);
        }
        sqlite3_extended_result_codes(db_, 1);
        sqlite3_busy_handler(db_, &on_busy, this);
        sqlite3_progress_handler(db_, instructions_between_looks, &on_progress, this);
        const auto mode = [&] {
            sqlite_statement& ask = statements_.borrow(db_, "PRAGMA journal_mode = WAL", {});
            const bool wal = step(ask) && std::string_view(reinterpret_cast<const char*>(
                                              sqlite3_column_text(ask.handle, 0))) == "wal";
            statements_.give_back(ask);
            return wal;
        };
        if (!mode()) {
            throw sqlite_error(SQLITE_CANTOPEN,
                               "sqlite " + options_.file +
                                   ": this file cannot have a "
                                   "write-ahead log; it must be a file on a local file system",
                               "PRAGMA journal_mode = WAL");
        }
        run_plain("PRAGMA foreign_keys = ON");
        run_plain(options_.synchronous == sqlite_synchronous::full ? "PRAGMA synchronous = FULL"
                                                                   : "PRAGMA synchronous = NORMAL");
        if (kind_ == kind::reader) {
            run_plain("PRAGMA query_only = ON");
        }
        // In the place of SQLite's own checkpoint after a commit, see checkpointer.hpp.
        sqlite3_wal_hook(db_, &on_log, this);
    } catch (...) {
        statements_.clear();
        sqlite3_close(db_);
        db_ = nullptr;
        throw;
    }
}

void sqlite_connection::close() {
    if (db_ == nullptr) {
        return;
    }
    statements_.clear();
    // Not _v2, which would only pretend to close while a statement is left.
    if (sqlite3_close(db_) != SQLITE_OK) {
        throw_sqlite_error(db_, "close");
    }
    db_ = nullptr;
}

void sqlite_connection::begin(bool forceable, const std::atomic<bool>& forced_early) {
    open();
    enter(forceable ? stage::forceable : stage::firm);
    try {
        if (forceable && forced_early) {
            throw_forced("BEGIN");
        }
        run_plain(kind_ == kind::writer ? "BEGIN IMMEDIATE" : "BEGIN");
    } catch (...) {
        enter(stage::idle);
        throw;
    }
}

void sqlite_connection::commit() {
    statements_.reset();
    {
        const std::lock_guard lock(mutex_);
        if (!forced_) {
            stage_ = stage::firm;
        }
    }
    try {
        check("COMMIT");
        run_plain("COMMIT");
    } catch (...) {
        rollback();
        throw;
    }
    enter(stage::idle);
}

void sqlite_connection::rollback() noexcept {
    statements_.reset();
    enter(stage::firm);
    // SQLite has rolled back by itself after some errors, a full disk for one.
    if (sqlite3_get_autocommit(db_) == 0 &&
        sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK &&
        sqlite3_get_autocommit(db_) == 0) {
        // What cannot be rolled back is dropped; the next transaction opens it anew.
        statements_.clear();
        sqlite3_close(db_);
        db_ = nullptr;
    }
    enter(stage::idle);
}

sqlite_statement& sqlite_connection::borrow(std::string_view sql,
                                            std::span<const sqlite_param> params) {
    check(sql);
    return statements_.borrow(db_, sql, params);
}

bool sqlite_connection::step(sqlite_statement& statement) {
    if (forced_) {
        throw_forced(statement.sql);
    }
    const int code = sqlite3_step(statement.handle);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        fail(statement.sql);
    }
    return code == SQLITE_ROW;
}

void sqlite_connection::script(const std::string& sql) {
    check(sql);
    run_plain(sql.c_str());
}

void sqlite_connection::force() noexcept {
    const std::lock_guard lock(mutex_);
    if (stage_ == stage::forceable) {
        forced_ = true;
        sqlite3_interrupt(db_);
        forced_now_.notify_all();
    }
}

int sqlite_connection::on_progress(void* self) {
    return static_cast<sqlite_connection*>(self)->forced_ ? 1 : 0;
}

int sqlite_connection::on_busy(void* self, int tries) {
    auto& me = *static_cast<sqlite_connection*>(self);
    const auto now = clock::now();
    if (tries == 0) {
        me.busy_since_ = now;
    }
    const auto left = me.busy_since_ + me.options_.busy_timeout - now;
    if (left <= left.zero()) {
        return 0;
    }
    // Other processes' locks can only be looked at; the pauses grow from 1 ms to 32 ms.
    const clock::duration pause = std::chrono::milliseconds(1 << std::min(tries, 5));
    std::unique_lock lock(me.mutex_);
    const bool forced =
        me.forced_now_.wait_for(lock, std::min(pause, left), [&] { return me.forced_.load(); });
    return forced ? 0 : 1;
}

int sqlite_connection::on_log(void* self, sqlite3*, const char*, int pages) {
    static_cast<sqlite_connection*>(self)->log_pages_ = pages;
    return SQLITE_OK;
}

void sqlite_connection::check(std::string_view sql) const {
    if (forced_) {
        throw_forced(sql);
    }
    if (db_ == nullptr || sqlite3_get_autocommit(db_) != 0) {
        throw sqlite_error(SQLITE_ABORT_ROLLBACK,
                           "sqlite: the transaction has ended, by an earlier error or by a "
                           "statement of its own, before: " +
                               std::string(sql),
                           std::string(sql));
    }
}

void sqlite_connection::enter(stage next) noexcept {
    const std::lock_guard lock(mutex_);
    stage_ = next;
    forced_ = false;
}

void sqlite_connection::run_plain(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(sql);
    }
}

void sqlite_connection::fail(std::string_view sql) const {
    // A wait for a lock that a force ended is "busy" to SQLite.
    if (forced_) {
        throw_forced(sql);
    }
    throw_sqlite_error(db_, sql);
}

}  // namespace lastcall::detail
