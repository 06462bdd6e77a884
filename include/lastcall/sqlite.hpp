// Transactions on a SQLite file that end before the file is closed, and a job queue in
// the same file.
//
// One connection writes and a few read, as WAL allows. Each transaction holds a pass of
// the database's gate, so a stop waits for the ones that run, refuses new ones, and then
// closes the file so that no -wal and no -shm is left. A forced transaction fails at its
// running statement and at every later one, and is rolled back.
//
// A job is enqueued in the transaction that writes the business row and ends in the
// transaction that has its effect: both happen or none does.
//
// The write-ahead log is folded back only under the write lock, so that two processes can
// write to one file with any version of SQLite (docs/decisions/0016).
//
// This is not an SQL builder or a mapper, and does not hide SQLite: the text of each
// statement is yours.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <lastcall/lifecycle.hpp>
#include <lastcall/worker.hpp>

namespace lastcall {

namespace detail {
class sqlite_store;
class sqlite_work;
struct sqlite_statement;
}  // namespace detail

/// What SQLite refused, with the statement.
class sqlite_error : public std::runtime_error {
public:
    sqlite_error(int code, const std::string& what, std::string sql)
        : std::runtime_error(what), code_(code), sql_(std::move(sql)) {}

    /// The extended result code (https://www.sqlite.org/rescode.html).
    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }

    /// The transaction was forced (SQLITE_INTERRUPT).
    [[nodiscard]] bool forced() const noexcept { return (code_ & 0xff) == 9; }
    /// Another writer did not end in time (SQLITE_BUSY).
    [[nodiscard]] bool busy() const noexcept { return (code_ & 0xff) == 5; }

private:
    int code_;
    std::string sql_;
};

/// A value for a `?`: null, an integer, a real, text or a blob.
///
/// Lifetime: a view; SQLite copies it before the call returns.
class sqlite_param {
public:
    using blob = std::span<const std::byte>;
    using any = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, blob>;

    sqlite_param(std::nullptr_t) noexcept {}
    /// Errors: std::out_of_range: above 2^63 - 1, which SQLite cannot hold.
    template <std::integral Integer>
    sqlite_param(Integer value) : value_(static_cast<std::int64_t>(value)) {
        if (!std::in_range<std::int64_t>(static_cast<widest<Integer>>(value))) {
            throw std::out_of_range("sqlite: an integer above 2^63 - 1");
        }
    }
    template <std::floating_point Real>
    sqlite_param(Real value) noexcept : value_(static_cast<double>(value)) {}
    template <class Text>
    requires std::convertible_to<const Text&, std::string_view> sqlite_param(const Text& value)
        : value_(std::string_view(value)) {}
    sqlite_param(blob value) noexcept : value_(value) {}
    sqlite_param(const std::vector<std::byte>& value) noexcept : value_(blob(value)) {}
    template <class Value>
    sqlite_param(const std::optional<Value>& value) {
        if (value) {
            value_ = sqlite_param(*value).value_;
        }
    }

    [[nodiscard]] const any& value() const noexcept { return value_; }

private:
    // in_range refuses bool and the character types.
    template <class Integer>
    using widest = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;
    any value_ = nullptr;
};

/// The rows of one query, read one after the other. Move-only.
///
/// Threads:  the one of its transaction.
/// Lifetime: after its transaction has ended, `next` throws and nothing else may be asked.
class sqlite_rows {
public:
    sqlite_rows(sqlite_rows&& other) noexcept;
    sqlite_rows& operator=(sqlite_rows&&) = delete;
    ~sqlite_rows();

    /// Goes to the next row, at first to the first one.
    /// Returns:  false after the last row.
    /// Errors:   sqlite_error; the transaction can only be rolled back when it is forced.
    bool next();

    [[nodiscard]] int columns() const noexcept;
    [[nodiscard]] bool is_null(int column) const noexcept;

    /// The value of a column of the current row, counted from 0.
    ///
    /// `Value`   bool, an integer, a real, std::string, std::string_view (until `next`),
    ///           std::vector<std::byte>, or std::optional of one, which is empty for NULL.
    /// Errors:   sqlite_error (SQLITE_MISMATCH): NULL or another type, or an integer that
    ///           does not fit. Nothing is converted silently.
    template <class Value>
    [[nodiscard]] Value get(int column) const;

private:
    friend class sqlite_transaction;
    sqlite_rows(std::shared_ptr<detail::sqlite_work> work, detail::sqlite_statement& statement);
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] sqlite_param::blob bytes(int column) const;
    [[noreturn]] void mismatch(int column, const char* wanted) const;

    std::shared_ptr<detail::sqlite_work> work_;
    detail::sqlite_statement* statement_;
};

/// A transaction, or the refusal of one. Move-only; rolls back unless committed.
///
/// Threads:  one at a time.
/// Lifetime: may outlive its sqlite_database.
class sqlite_transaction {
public:
    sqlite_transaction() noexcept = default;
    sqlite_transaction(sqlite_transaction&&) noexcept = default;
    sqlite_transaction& operator=(sqlite_transaction&& other) noexcept;
    ~sqlite_transaction();

    /// False when it was refused because the database drains, and after its end.
    [[nodiscard]] explicit operator bool() const noexcept { return work_ != nullptr; }

    /// Runs one statement to its end. Prepared once for each connection.
    ///
    /// `params`  one for each `?`.
    /// Returns:  rows that an INSERT, UPDATE or DELETE changed; else 0.
    /// Errors:   sqlite_error. The statement has no effect; the transaction goes on,
    ///           unless SQLite has rolled it back (then every later call throws) or it is
    ///           forced. std::logic_error: the transaction has ended.
    /// Blocks:   as long as the statement runs; a force ends it.
    template <class... Params>
    std::int64_t exec(std::string_view sql, const Params&... params) {
        const std::array<sqlite_param, sizeof...(Params)> bound{sqlite_param(params)...};
        return run(sql, bound);
    }

    /// Prepares one statement and binds; the rows come from `next`. Errors: as `exec`.
    template <class... Params>
    [[nodiscard]] sqlite_rows query(std::string_view sql, const Params&... params) {
        const std::array<sqlite_param, sizeof...(Params)> bound{sqlite_param(params)...};
        return open(sql, bound);
    }

    /// Runs statements separated by `;`: a schema. Errors: as `exec`; those before the
    /// failed one have had their effect in this transaction.
    void script(const std::string& sql);

    [[nodiscard]] std::int64_t last_insert_id() const;

    /// Calls `then` after a successful commit, on the thread of `commit`; must not throw.
    void on_commit(std::function<void()> then);

    /// Makes everything durable, as `sqlite_options::synchronous` says, and ends.
    ///
    /// A commit that has begun is not forced any more: its outcome is always known.
    /// Errors:   sqlite_error: rolled back. std::logic_error: it had ended.
    void commit();

    /// Ends without effect. Does nothing after the end.
    void rollback() noexcept;

private:
    friend class detail::sqlite_store;
    explicit sqlite_transaction(std::shared_ptr<detail::sqlite_work> work) noexcept;
    std::int64_t run(std::string_view sql, std::span<const sqlite_param> params);
    sqlite_rows open(std::string_view sql, std::span<const sqlite_param> params);
    [[nodiscard]] detail::sqlite_work& alive() const;

    std::shared_ptr<detail::sqlite_work> work_;
};

/// PRAGMA synchronous. `full`: a commit survives a power failure. `normal`: it survives
/// any end of the process, SIGKILL included.
enum class sqlite_synchronous { normal, full };

struct sqlite_options {
    std::string name = "sqlite";  ///< of the component and its gate
    std::string file;             ///< made when missing; ":memory:" is refused
    /// How long a transaction waits for its turn, in this process and for another's lock.
    std::chrono::milliseconds busy_timeout{5'000};
    std::size_t readers = 2;  ///< connections that read; one more writes
    sqlite_synchronous synchronous = sqlite_synchronous::full;
    uses_list uses = {};
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 2.0};
    share close_share = {};
};

/// A database file as a component.
///
/// Lifetime: must outlive the `run` of its lifecycle. Its destructor closes the file when
///           no stop has.
class sqlite_database {
public:
    /// Opens the file in WAL mode with foreign keys on, and adds itself to `life`.
    /// Errors:   std::invalid_argument: no file, no reader; sqlite_error: it cannot be
    ///           opened or is no database; as `lifecycle::add`.
    sqlite_database(lifecycle& life, sqlite_options options);
    sqlite_database(const sqlite_database&) = delete;
    sqlite_database& operator=(const sqlite_database&) = delete;
    ~sqlite_database();

    /// Begins a transaction that writes (BEGIN IMMEDIATE).
    ///
    /// `what`    names it in reports.
    /// Returns:  the transaction, or one that is false because the database drains.
    /// Errors:   sqlite_error: `busy()` when its turn did not come within the busy
    ///           timeout, `forced()` when it was forced while it waited.
    /// Threads:  any; not one that holds a writing transaction already: it would wait for
    ///           itself until the timeout.
    /// Blocks:   up to twice the busy timeout; first come, first served.
    [[nodiscard]] sqlite_transaction begin(label what = "transaction");

    /// Begins a transaction that sees one state of the data and cannot write. As `begin`.
    [[nodiscard]] sqlite_transaction read(label what = "read");

    /// The transactions in flight.
    [[nodiscard]] const gate& transactions() const noexcept;

private:
    friend class sqlite_queue;
    std::shared_ptr<detail::sqlite_store> store_;
    std::stop_callback<std::function<void()>> at_stop_;
};

struct sqlite_queue_options {
    std::string queue = "default";        ///< several queues can share a table
    std::string table = "lastcall_jobs";  ///< letters, digits and _; made when missing
    /// A process that does not renew for so long has lost its jobs to the next that asks.
    std::chrono::milliseconds lease{30'000};
    int max_attempts = 5;  ///< then the job is set aside as 'dead'
    /// After the first failed attempt; doubles with each one, up to 64 times.
    std::chrono::milliseconds retry_delay{1'000};
    /// How often it looks for jobs of other processes; its own are noticed at once.
    std::chrono::milliseconds poll{500};
    /// The clock of leases and delays; one that tests can turn. Unset: the system's.
    std::function<std::chrono::system_clock::time_point()> now = {};
};

/// Jobs in a table of a sqlite_database.
///
/// Every job is run at least once, and has its effect exactly once when the handler
/// writes it in the transaction of `finish_in`.
/// Threads:  any.
/// Lifetime: the database must outlive it.
/// Example:  examples/orders/
class sqlite_queue final : public job_queue {
public:
    /// Makes the table when it is missing.
    /// Errors: std::invalid_argument: a table name, a lease or attempts below 1; sqlite_error.
    explicit sqlite_queue(sqlite_database& database, sqlite_queue_options options = {});
    ~sqlite_queue() override;

    /// Adds a job that exists if and when `in` is committed.
    ///
    /// `delay`   not before so long from now.
    /// Returns:  its id.
    /// Errors:   sqlite_error; nothing is enqueued.
    /// Lifetime: of `in` until its commit.
    std::int64_t enqueue(sqlite_transaction& in, std::string_view payload,
                         std::chrono::milliseconds delay = {});

    /// Ends a job in the handler's own transaction; the handler returns
    /// `job_outcome::finished` after its commit.
    ///
    /// Returns:  false when the job is not this process's any more, because its lease ran
    ///           out: roll back, somebody else does it. Return `finished` then, too.
    /// Errors:   sqlite_error.
    [[nodiscard]] bool finish_in(sqlite_transaction& in, const job& done);

    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) override;
    void finish(const job& done) override;
    void put_back(const job& held) override;
    void fail(const job& held, std::string_view why) override;
    void wake() noexcept override;
    void renew() override;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

template <class Value>
Value sqlite_rows::get(int column) const {
    if constexpr (std::same_as<Value, bool>) {
        return integer(column) != 0;
    } else if constexpr (std::integral<Value>) {
        const std::int64_t value = integer(column);
        if (!std::in_range<Value>(value)) {
            mismatch(column, "an integer that fits");
        }
        return static_cast<Value>(value);
    } else if constexpr (std::floating_point<Value>) {
        return static_cast<Value>(real(column));
    } else if constexpr (std::same_as<Value, std::string> ||
                         std::same_as<Value, std::string_view>) {
        return Value(text(column));
    } else if constexpr (std::same_as<Value, std::vector<std::byte>>) {
        const auto view = bytes(column);
        return {view.begin(), view.end()};
    } else {
        return is_null(column) ? Value() : Value(get<typename Value::value_type>(column));
    }
}

}  // namespace lastcall
