// Transactions on a pool of PostgreSQL connections that end before the connections do,
// and a job queue in the same database.
//
// Each transaction holds a pass of the pool's gate, so a stop waits for the ones that
// run, refuses new ones, and then closes every connection. A forced transaction is
// cancelled on the server (PQcancel) and rolled back; when the server does not answer,
// its connection is dropped, and the server rolls back when it notices.
//
// A connection that broke while idle is made anew before a transaction begins; inside
// one it never is. A connection lost during a commit leaves an unknown outcome, and that
// is an exception of its own.
//
// This is not an SQL builder or a mapper: parameters are $1, $2, ... and the text of each
// statement is yours.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lastcall/lifecycle.hpp>
#include <lastcall/worker.hpp>

namespace lastcall {

namespace detail {
class postgres_store;
class postgres_work;
class postgres_result;
}  // namespace detail

/// What the server or the connection refused, with the statement.
class postgres_error : public std::runtime_error {
public:
    postgres_error(std::string sqlstate, const std::string& what, std::string sql)
        : std::runtime_error(what), sqlstate_(std::move(sqlstate)), sql_(std::move(sql)) {}

    /// Five characters (https://www.postgresql.org/docs/15/errcodes-appendix.html).
    [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }
    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }

    /// The statement was cancelled: a force, or the server's own time limit (57014).
    [[nodiscard]] bool cancelled() const noexcept { return sqlstate_ == "57014"; }
    /// No connection, or it was lost (class 08); nothing of the transaction remains.
    [[nodiscard]] bool connection_lost() const noexcept { return sqlstate_.starts_with("08"); }
    /// Try the whole transaction again (class 40: serialization, deadlock).
    [[nodiscard]] bool retry() const noexcept { return sqlstate_.starts_with("40"); }

private:
    std::string sqlstate_;
    std::string sql_;
};

/// The connection was lost during COMMIT: the transaction is either wholly there or not
/// at all. Look for its effect before it is repeated.
class postgres_commit_unknown : public postgres_error {
public:
    using postgres_error::postgres_error;
};

/// A value for `$1`: null, a bool, a number, text or bytes, as PostgreSQL writes it.
class postgres_param {
public:
    postgres_param(std::nullptr_t) noexcept {}
    postgres_param(bool value) : text_(value ? "t" : "f") {}
    template <class Number>
    requires((std::integral<Number> || std::floating_point<Number>)&&!std::same_as<Number, bool>)
        postgres_param(Number value) {
        char buffer[64];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
        text_.emplace(buffer, end.ptr);
    }
    /// Errors: std::invalid_argument: a zero byte, which no PostgreSQL text can hold.
    template <class Text>
    requires std::convertible_to<const Text&, std::string_view> postgres_param(const Text& value)
        : text_(checked(std::string_view(value))) {}
    postgres_param(std::span<const std::byte> value);
    postgres_param(const std::vector<std::byte>& value)
        : postgres_param(std::span<const std::byte>(value)) {}
    template <class Value>
    postgres_param(const std::optional<Value>& value) {
        if (value) {
            text_ = postgres_param(*value).text_;
        }
    }

    /// Null for NULL. Lifetime: of this object.
    [[nodiscard]] const char* c_str() const noexcept { return text_ ? text_->c_str() : nullptr; }

private:
    static std::string checked(std::string_view text);
    std::optional<std::string> text_;
};

/// The rows of one query, all of them in memory. A cheap handle; may be copied, and kept
/// after its transaction has ended.
class postgres_rows {
public:
    /// Goes to the next row, at first to the first one. Returns: false after the last.
    bool next() noexcept { return ++row_ < size(); }

    [[nodiscard]] int size() const noexcept;
    [[nodiscard]] int columns() const noexcept;
    [[nodiscard]] bool is_null(int column) const;

    /// The value of a column of the current row, counted from 0.
    ///
    /// `Value`   bool, an integer, a real, std::string, std::string_view (as long as a
    ///           handle lives), std::vector<std::byte> (bytea), or std::optional of one,
    ///           which is empty for NULL.
    /// Errors:   postgres_error (22000 and others of its class): NULL, or a text that is
    ///           no such value; std::out_of_range: no such row or column.
    template <class Value>
    [[nodiscard]] Value get(int column) const;

private:
    friend class postgres_transaction;
    explicit postgres_rows(std::shared_ptr<const detail::postgres_result> result) noexcept
        : result_(std::move(result)) {}
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::vector<std::byte> bytes(int column) const;
    [[nodiscard]] bool boolean(int column) const;
    [[noreturn]] void mismatch(int column, const char* wanted) const;

    std::shared_ptr<const detail::postgres_result> result_;
    int row_ = -1;
};

/// A transaction, or the refusal of one. Move-only; rolls back unless committed.
///
/// Threads:  one at a time.
/// Lifetime: may outlive its postgres_pool.
class postgres_transaction {
public:
    postgres_transaction() noexcept = default;
    postgres_transaction(postgres_transaction&&) noexcept = default;
    postgres_transaction& operator=(postgres_transaction&& other) noexcept;
    ~postgres_transaction();

    /// False when it was refused because the pool drains, and after its end.
    [[nodiscard]] explicit operator bool() const noexcept { return work_ != nullptr; }

    /// Runs one statement.
    ///
    /// `params`  one for each of $1, $2, ...
    /// Returns:  rows that it inserted, changed, deleted or selected; else 0.
    /// Errors:   postgres_error; the transaction can only be rolled back then.
    ///           std::logic_error: it has ended.
    /// Blocks:   as long as the statement runs; a force ends it.
    template <class... Params>
    std::int64_t exec(std::string_view sql, const Params&... params) {
        const std::array<postgres_param, sizeof...(Params)> bound{postgres_param(params)...};
        return run(sql, bound);
    }

    /// Runs one statement and gives its rows. Errors, blocks: as `exec`.
    template <class... Params>
    [[nodiscard]] postgres_rows query(std::string_view sql, const Params&... params) {
        const std::array<postgres_param, sizeof...(Params)> bound{postgres_param(params)...};
        return open(sql, bound);
    }

    /// Runs statements separated by `;`: a schema. Errors, blocks: as `exec`.
    void script(const std::string& sql);

    /// Calls `then` after a successful commit, on the thread of `commit`; must not throw.
    void on_commit(std::function<void()> then);

    /// Makes everything durable, as the server is configured, and ends.
    ///
    /// Errors:   postgres_error: rolled back, also when an earlier statement had failed;
    ///           postgres_commit_unknown; std::logic_error: it had ended.
    /// Blocks:   as long as the server needs. A force gives it half of the force wait
    ///           before it is cancelled, too.
    void commit();

    /// Ends without effect. Does nothing after the end.
    /// Blocks:   up to the force wait for the server's answer; then drops the connection.
    void rollback() noexcept;

private:
    friend class detail::postgres_store;
    explicit postgres_transaction(std::shared_ptr<detail::postgres_work> work) noexcept;
    std::int64_t run(std::string_view sql, std::span<const postgres_param> params);
    postgres_rows open(std::string_view sql, std::span<const postgres_param> params);
    [[nodiscard]] detail::postgres_work& alive() const;

    std::shared_ptr<detail::postgres_work> work_;
};

struct postgres_options {
    std::string name = "postgres";  ///< of the component and its gate
    /// "host=... dbname=..." or a URI; libpq's environment variables fill the gaps.
    std::string conninfo;
    std::size_t size = 4;  ///< connections at most; made when they are needed
    /// To connect, after the host name has been resolved (libpq resolves without a limit).
    std::chrono::milliseconds connect_timeout{5'000};
    /// How long a transaction waits for a free connection.
    std::chrono::milliseconds acquire_timeout{5'000};
    /// How long a forced or broken transaction waits for the server's answer before its
    /// connection is dropped. Must be below `lifecycle::force_window`, which is short when
    /// the grace is. Unset: two fifths of that, 400 ms with a grace of 11 s or more.
    std::optional<std::chrono::milliseconds> force_wait = {};
    std::string application_name = "lastcall";  ///< in pg_stat_activity
    uses_list uses = {};
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 2.0};
    share close_share = {};
};

/// Connections to one database as a component.
///
/// Lifetime: must outlive the `run` of its lifecycle. Its destructor closes the connections
///           when no stop has.
class postgres_pool {
public:
    /// Makes the first connection, so that a wrong address fails here, and adds itself.
    /// Errors:   std::invalid_argument: no connection allowed, or a force wait that does not
    ///           fit the force window, with both; postgres_error; as `lifecycle::add`.
    /// Blocks:   up to the connect timeout.
    postgres_pool(lifecycle& life, postgres_options options);
    postgres_pool(const postgres_pool&) = delete;
    postgres_pool& operator=(const postgres_pool&) = delete;
    ~postgres_pool();

    /// Begins a transaction at the database's default isolation level.
    ///
    /// `what`    names it in reports.
    /// Returns:  the transaction, or one that is false because the pool drains.
    /// Errors:   postgres_error: no connection was free in time (53300), none could be
    ///           made (class 08), or it was forced while it waited (57014).
    /// Threads:  any.
    /// Blocks:   up to both timeouts; first come, first served.
    [[nodiscard]] postgres_transaction begin(label what = "transaction");

    /// The transactions in flight.
    [[nodiscard]] const gate& transactions() const noexcept;

private:
    friend class postgres_queue;
    std::shared_ptr<detail::postgres_store> store_;
};

struct postgres_queue_options {
    std::string queue = "default";        ///< several queues can share a table
    std::string table = "lastcall_jobs";  ///< letters, digits and _; made when missing
    /// A process that does not renew for so long has lost its jobs to the next that asks.
    std::chrono::milliseconds lease{30'000};
    int max_attempts = 5;  ///< then the job is set aside as 'dead'
    /// After the first failed attempt; doubles with each one, up to 64 times.
    std::chrono::milliseconds retry_delay{1'000};
    /// How often it looks by itself: for jobs that become due, and leases that end.
    std::chrono::milliseconds poll{1'000};
    /// One more connection, from the first `take` on, that hears of new jobs at once
    /// (LISTEN). Not through a pooler that shares connections between transactions.
    bool listen = true;
};

/// Jobs in a table of a PostgreSQL database, for any number of processes.
///
/// Every job is run at least once, and has its effect exactly once when the handler
/// writes it in the transaction of `finish_in`. Times are the server's.
/// Threads:  any.
/// Lifetime: the pool must outlive it.
/// Example:  examples/orders/
class postgres_queue final : public job_queue {
public:
    /// Makes the table when it is missing.
    /// Errors: std::invalid_argument: a table name, a lease or attempts below 1; postgres_error.
    explicit postgres_queue(postgres_pool& pool, postgres_queue_options options = {});
    ~postgres_queue() override;

    /// Adds a job that exists if and when `in` is committed.
    ///
    /// `delay`   not before so long from now.
    /// Returns:  its id.
    /// Errors:   postgres_error; `in` can only be rolled back then.
    /// Lifetime: of `in` until its commit.
    std::int64_t enqueue(postgres_transaction& in, std::string_view payload,
                         std::chrono::milliseconds delay = {});

    /// Ends a job in the handler's own transaction; the handler returns
    /// `job_outcome::finished` after its commit.
    ///
    /// Returns:  false when the job is not this process's any more, because its lease ran
    ///           out: roll back, somebody else does it. Return `finished` then, too.
    /// Errors:   postgres_error.
    [[nodiscard]] bool finish_in(postgres_transaction& in, const job& done);

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
Value postgres_rows::get(int column) const {
    if constexpr (std::same_as<Value, bool>) {
        return boolean(column);
    } else if constexpr (std::integral<Value> || std::floating_point<Value>) {
        const std::string_view from = text(column);
        Value value{};
        const auto got = std::from_chars(from.data(), from.data() + from.size(), value);
        if (got.ec != std::errc{} || got.ptr != from.data() + from.size()) {
            mismatch(column, "a number that fits");
        }
        return value;
    } else if constexpr (std::same_as<Value, std::string> ||
                         std::same_as<Value, std::string_view>) {
        return Value(text(column));
    } else if constexpr (std::same_as<Value, std::vector<std::byte>>) {
        return bytes(column);
    } else {
        return is_null(column) ? Value() : Value(get<typename Value::value_type>(column));
    }
}

}  // namespace lastcall
