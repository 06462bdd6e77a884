#include <sqlite3.h>

#include "adapters/sqlite/store.hpp"

namespace lastcall {
namespace {

// What exec borrows and always gives back.
class lent_statement {
public:
    lent_statement(detail::sqlite_connection& from, detail::sqlite_statement& what) noexcept
        : from_(from), what_(what) {}
    lent_statement(const lent_statement&) = delete;
    lent_statement& operator=(const lent_statement&) = delete;
    ~lent_statement() { from_.give_back(what_); }

private:
    detail::sqlite_connection& from_;
    detail::sqlite_statement& what_;
};

}  // namespace

sqlite_transaction::sqlite_transaction(std::shared_ptr<detail::sqlite_work> work) noexcept
    : work_(std::move(work)) {}

sqlite_transaction& sqlite_transaction::operator=(sqlite_transaction&& other) noexcept {
    if (this != &other) {
        rollback();
        work_ = std::move(other.work_);
    }
    return *this;
}

sqlite_transaction::~sqlite_transaction() { rollback(); }

void sqlite_transaction::script(const std::string& sql) { alive().connection().script(sql); }

std::int64_t sqlite_transaction::last_insert_id() const {
    return sqlite3_last_insert_rowid(alive().connection().handle());
}

void sqlite_transaction::on_commit(std::function<void()> then) {
    alive().on_commit(std::move(then));
}

void sqlite_transaction::commit() {
    (void)alive();
    const auto work = std::move(work_);
    work->commit();
}

void sqlite_transaction::rollback() noexcept {
    if (work_) {
        std::exchange(work_, nullptr)->rollback();
    }
}

std::int64_t sqlite_transaction::run(std::string_view sql, std::span<const sqlite_param> params) {
    detail::sqlite_connection& on = alive().connection();
    detail::sqlite_statement& statement = on.borrow(sql, params);
    const lent_statement lent(on, statement);
    const auto before = sqlite3_total_changes64(on.handle());
    while (on.step(statement)) {
    }
    // sqlite3_changes keeps its value over a statement that changes nothing by nature,
    // such as CREATE; the total does not move for it. It counts triggers, changes does not.
    return sqlite3_total_changes64(on.handle()) == before ? 0 : sqlite3_changes64(on.handle());
}

sqlite_rows sqlite_transaction::open(std::string_view sql, std::span<const sqlite_param> params) {
    return {work_, alive().connection().borrow(sql, params)};
}

detail::sqlite_work& sqlite_transaction::alive() const {
    if (!work_) {
        throw std::logic_error("sqlite: no transaction: it was refused or has ended");
    }
    return *work_;
}

sqlite_rows::sqlite_rows(std::shared_ptr<detail::sqlite_work> work,
                         detail::sqlite_statement& statement)
    : work_(std::move(work)), statement_(&statement) {}

sqlite_rows::sqlite_rows(sqlite_rows&& other) noexcept
    : work_(std::move(other.work_)), statement_(other.statement_) {}

sqlite_rows::~sqlite_rows() {
    if (work_ && !work_->ended()) {
        work_->connection().give_back(*statement_);
    }
}

bool sqlite_rows::next() { return work_->connection().step(*statement_); }

int sqlite_rows::columns() const noexcept { return sqlite3_column_count(statement_->handle); }

bool sqlite_rows::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_->handle, column) == SQLITE_NULL;
}

std::int64_t sqlite_rows::integer(int column) const {
    if (sqlite3_column_type(statement_->handle, column) != SQLITE_INTEGER) {
        mismatch(column, "an integer");
    }
    return sqlite3_column_int64(statement_->handle, column);
}

double sqlite_rows::real(int column) const {
    const int type = sqlite3_column_type(statement_->handle, column);
    if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) {
        mismatch(column, "a real");
    }
    return sqlite3_column_double(statement_->handle, column);
}

std::string_view sqlite_rows::text(int column) const {
    if (sqlite3_column_type(statement_->handle, column) != SQLITE_TEXT) {
        mismatch(column, "a text");
    }
    const auto* const start = sqlite3_column_text(statement_->handle, column);
    return {reinterpret_cast<const char*>(start),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle, column))};
}

sqlite_param::blob sqlite_rows::bytes(int column) const {
    if (sqlite3_column_type(statement_->handle, column) != SQLITE_BLOB) {
        mismatch(column, "a blob");
    }
    const void* const start = sqlite3_column_blob(statement_->handle, column);
    return {static_cast<const std::byte*>(start),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle, column))};
}

void sqlite_rows::mismatch(int column, const char* wanted) const {
    const char* const name = sqlite3_column_name(statement_->handle, column);
    throw sqlite_error(SQLITE_MISMATCH,
                       "sqlite: column " + std::to_string(column) + " (" +
                           (name == nullptr ? "none" : name) + ") is not " + wanted +
                           " in: " + statement_->sql,
                       statement_->sql);
}

}  // namespace lastcall
