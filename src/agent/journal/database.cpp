#include "agent/journal/database.hpp"

#include <cstdio>

#include "sys/error_text.hpp"

namespace lastcall::agent {

namespace {

using kind = journal_error::kind;

/// A path as the URI that SQLite takes. https://www.sqlite.org/uri.html
std::string uri_of(const std::string& file, const char* query) {
    std::string uri = "file:";
    for (const char c : file) {
        if (c == '%' || c == '?' || c == '#') {
            char code[4];
            std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(c));
            uri += code;
        } else {
            uri += c;
        }
    }
    return uri + query;
}

kind kind_of(int code, int error) {
    constexpr int no_space = 28, too_large = 27, quota = 122;  // ENOSPC, EFBIG, EDQUOT
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CONSTRAINT:  // a row of this number, which this process has not written
        case SQLITE_ERROR:       // a table that is not as it was made
            return kind::damaged;
        case SQLITE_FULL:
            return kind::full;
        case SQLITE_IOERR:
            return error == no_space || error == too_large || error == quota ? kind::full
                                                                             : kind::unusable;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return kind::busy;
        default:
            return kind::unusable;
    }
}

/// The errno of the last call that failed on the log, else on the database.
/// sqlite3_system_errno has that of whatever came last.
int last_errno(sqlite3* db) {
    sqlite3_file* log = nullptr;
    int error = 0;
    ::sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    if (log != nullptr && log->pMethods != nullptr) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    if (error == 0) {
        ::sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    return error;
}

}  // namespace

std::string head_path(const std::string& file) {
    constexpr std::string_view ending = ".db";
    const bool has_ending = file.size() > ending.size() &&
                            std::string_view(file).substr(file.size() - ending.size()) == ending;
    return file.substr(0, file.size() - (has_ending ? ending.size() : 0)) + ".head";
}

journal_error damage(const std::string& file, const std::string& what) {
    return {kind::damaged, file + " is damaged: " + what + ". `lastcall verify-journal " + file +
                               "` tells more. To begin a new journal, move " + file + ", " + file +
                               "-wal and " + head_path(file) + " away together"};
}

database::database(const std::string& file, mode how) : file_(file) {
    const char* query = "";
    const char* vfs = nullptr;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    switch (how) {
        case mode::write:
            flags |= SQLITE_OPEN_READWRITE;
            break;
        case mode::read_beside_writer:
            flags |= SQLITE_OPEN_READONLY;
            break;
        case mode::read_alone:
            // The index of the -wal is kept in memory then, instead of in a new -shm file.
            flags |= SQLITE_OPEN_READONLY;
            vfs = "unix-none";
            break;
        case mode::read_finished:
            flags |= SQLITE_OPEN_READONLY;
            query = "?immutable=1";
            break;
    }
    sqlite3* handle = nullptr;
    const int code = ::sqlite3_open_v2(uri_of(file, query).c_str(), &handle, flags, vfs);
    handle_.reset(handle);
    if (code != SQLITE_OK) {
        fail("cannot open");
    }
    ::sqlite3_extended_result_codes(handle, 1);
    ::sqlite3_busy_timeout(handle, 2'000);
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (how == mode::read_alone) {
        // Before anything is read. Without a checkpoint nothing is ever written.
        ::sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        run("pragma locking_mode = exclusive");
    }
    run("pragma cache_size = -256");
    run("pragma cell_size_check = on");
}

void database::fail(const std::string& doing) const {
    if (!handle_) {
        throw journal_error(kind::unusable, file_ + ": " + doing + ": out of memory");
    }
    const int code = ::sqlite3_extended_errcode(handle_.get());
    const int first = code & 0xff;
    const int error =
        first == SQLITE_IOERR ? last_errno(handle_.get()) : ::sqlite3_system_errno(handle_.get());
    std::string why = ::sqlite3_errmsg(handle_.get());
    const auto what = kind_of(code, error);
    if (what == kind::damaged) {
        throw damage(file_, why);
    }
    if (error != 0 && (first == SQLITE_IOERR || first == SQLITE_CANTOPEN)) {
        why += std::string(" (") + sys::error_text(error) + ")";
    }
    std::string then;
    if (what == kind::full) {
        then = ". Make room; nothing was written, and it goes on by itself then";
    } else if (what == kind::busy) {
        then = ". Another program holds the database; end it";
    }
    throw journal_error(what, file_ + ": " + doing + ": " + why + then);
}

void database::run(const char* sql) {
    if (::sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(sql);
    }
}

std::int64_t database::number(const char* sql) {
    statement one(*this, sql);
    return one.step() ? one.number(0) : 0;
}

statement::statement(const database& db, const char* sql) : db_(db) {
    sqlite3_stmt* handle = nullptr;
    if (::sqlite3_prepare_v2(db.handle(), sql, -1, &handle, nullptr) != SQLITE_OK) {
        db.fail(sql);
    }
    handle_.reset(handle);
}

statement& statement::bind(int place, std::int64_t value) noexcept {
    ::sqlite3_bind_int64(handle_.get(), place, value);
    return *this;
}

statement& statement::bind(int place, std::string_view text) noexcept {
    ::sqlite3_bind_text64(handle_.get(), place, text.data(), text.size(), SQLITE_STATIC,
                          SQLITE_UTF8);
    return *this;
}

bool statement::step() {
    switch (::sqlite3_step(handle_.get())) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default: {
            std::string sql = ::sqlite3_sql(handle_.get());
            try {
                db_.fail(sql);
            } catch (const journal_error&) {
                done();  // after the error was taken: a reset clears it
                throw;
            }
        }
    }
}

std::int64_t statement::number(int column) const noexcept {
    return ::sqlite3_column_int64(handle_.get(), column);
}

std::string_view statement::text(int column) const noexcept {
    const void* bytes = ::sqlite3_column_blob(handle_.get(), column);
    const int size = ::sqlite3_column_bytes(handle_.get(), column);
    return bytes == nullptr
               ? std::string_view{}
               : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

transaction::~transaction() {
    if (db_ != nullptr && ::sqlite3_get_autocommit(db_->handle()) == 0) {
        ::sqlite3_exec(db_->handle(), "rollback", nullptr, nullptr, nullptr);
    }
}

void transaction::commit() {
    db_->run("commit");
    db_ = nullptr;
}

}  // namespace lastcall::agent
