#include "adapters/sqlite/statement.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace lastcall::detail {
namespace {

// Enough for the statements of a service; one that makes up SQL at run time should not
// keep all of it.
constexpr std::size_t most_kept = 64;

template <class... Callables>
struct overloaded : Callables... {
    using Callables::operator()...;
};
template <class... Each>
overloaded(Each...) -> overloaded<Each...>;

int bind(sqlite3_stmt* statement, int at, const sqlite_param& param) {
    return std::visit(
        overloaded{[&](std::nullptr_t) { return sqlite3_bind_null(statement, at); },
                   [&](std::int64_t value) { return sqlite3_bind_int64(statement, at, value); },
                   [&](double value) { return sqlite3_bind_double(statement, at, value); },
                   [&](std::string_view value) {
                       // A null pointer would bind NULL.
                       return sqlite3_bind_text64(statement, at, value.empty() ? "" : value.data(),
                                                  value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
                   },
                   [&](sqlite_param::blob value) {
                       return value.empty() ? sqlite3_bind_zeroblob(statement, at, 0)
                                            : sqlite3_bind_blob64(statement, at, value.data(),
                                                                  value.size(), SQLITE_TRANSIENT);
                   }},
        param.value());
}

}  // namespace

void throw_sqlite_error(sqlite3* db, std::string_view sql) {
    const int code = sqlite3_extended_errcode(db);
    const char* const file = sqlite3_db_filename(db, "main");
    std::string what = "sqlite " + std::string(file == nullptr ? "" : file) + ": " +
                       sqlite3_errmsg(db) + " (code " + std::to_string(code) + ")";
    if (!sql.empty()) {
        what += " in: " + std::string(sql);
    }
    throw sqlite_error(code, what, std::string(sql));
}

sqlite_statement::~sqlite_statement() { sqlite3_finalize(handle); }

sqlite_statement& sqlite_statement_cache::borrow(sqlite3* db, std::string_view sql,
                                                 std::span<const sqlite_param> params) {
    sqlite_statement& found = find_or_prepare(db, sql);
    const int wanted = sqlite3_bind_parameter_count(found.handle);
    if (static_cast<std::size_t>(wanted) != params.size()) {
        throw std::invalid_argument("sqlite: " + std::to_string(params.size()) +
                                    " parameters for the " + std::to_string(wanted) +
                                    " of: " + std::string(sql));
    }
    found.borrowed = true;
    found.used = ++borrowings_;
    for (int at = 1; at <= wanted; ++at) {
        if (bind(found.handle, at, params[static_cast<std::size_t>(at - 1)]) != SQLITE_OK) {
            give_back(found);
            throw_sqlite_error(db, sql);
        }
    }
    return found;
}

void sqlite_statement_cache::give_back(sqlite_statement& statement) noexcept {
    // Also ends the read lock that an unfinished SELECT holds.
    sqlite3_reset(statement.handle);
    sqlite3_clear_bindings(statement.handle);
    statement.borrowed = false;
}

void sqlite_statement_cache::reset() noexcept {
    for (const auto& one : statements_) {
        if (one->borrowed) {
            give_back(*one);
        }
    }
}

sqlite_statement& sqlite_statement_cache::find_or_prepare(sqlite3* db, std::string_view sql) {
    for (const auto& one : statements_) {
        if (!one->borrowed && one->sql == sql) {
            return *one;
        }
    }
    auto made = std::make_unique<sqlite_statement>();
    made->sql = sql;
    const char* tail = nullptr;
    if (sqlite3_prepare_v3(db, made->sql.c_str(), static_cast<int>(made->sql.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &made->handle, &tail) != SQLITE_OK) {
        throw_sqlite_error(db, sql);
    }
    const std::string_view rest(tail);
    if (made->handle == nullptr || rest.find_first_not_of(" \t\r\n;") != rest.npos) {
        throw std::invalid_argument("sqlite: not exactly one statement: " + made->sql);
    }
    if (statements_.size() >= most_kept) {
        const auto oldest = std::min_element(
            statements_.begin(), statements_.end(), [](const auto& a, const auto& b) {
                return a->borrowed != b->borrowed ? !a->borrowed : a->used < b->used;
            });
        if (!(*oldest)->borrowed) {
            statements_.erase(oldest);
        }
    }
    return *statements_.emplace_back(std::move(made));
}

}  // namespace lastcall::detail
