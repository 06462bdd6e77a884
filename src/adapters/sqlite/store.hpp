// What a sqlite_database is inside: the connections, the two lines in front of them,
// and the gate of the transactions.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <lastcall/sqlite.hpp>

#include "adapters/sqlite/checkpointer.hpp"
#include "adapters/sqlite/connection.hpp"
#include "adapters/worker/fair_line.hpp"

namespace lastcall::detail {

enum class sqlite_purpose { work, housekeeping };

class sqlite_store : public std::enable_shared_from_this<sqlite_store> {
public:
    /// Opens one connection of each kind. Errors: as sqlite_database.
    explicit sqlite_store(sqlite_options options);

    /// The store as a component. Lifetime: of the store.
    [[nodiscard]] component describe();

    /// `why`     `work` holds a pass, so it is refused from the drain on, and can be forced.
    ///           `housekeeping` is a queue that settles jobs: short, and possible until the
    ///           close, so that a job that is forced can still be put back.
    /// Returns, errors: as sqlite_database::begin; housekeeping after the close throws.
    sqlite_transaction begin(sqlite_connection::kind what, label name,
                             sqlite_purpose why = sqlite_purpose::work);

    void give_back(sqlite_connection& connection) noexcept;

    void force() noexcept;

    /// The service begins to stop: the log is folded back from now on.
    void prepare_close() noexcept { checkpointer_.begin(); }

    /// Closes all connections that no transaction uses; one that is in use is closed when
    /// its transaction ends. Closing twice is harmless.
    /// Errors: std::runtime_error: some are in use; sqlite_error.
    void close();

    [[nodiscard]] const gate& transactions() const noexcept { return transactions_; }

private:
    using line = adapters::fair_line<sqlite_connection>;
    [[noreturn]] void throw_no_turn(line::ending how) const;

    const sqlite_options options_;
    gate transactions_;
    sqlite_connection writer_;
    std::vector<std::unique_ptr<sqlite_connection>> readers_;
    line to_write_;
    line to_read_;
    sqlite_checkpointer checkpointer_;
    std::atomic<bool> forced_{false};  ///< set before each connection is forced
    bool closed_ = false;
};

/// One transaction: its connection and its pass. Shared with the rows that it gave out,
/// which are harmless after its end.
class sqlite_work {
public:
    sqlite_work(std::shared_ptr<sqlite_store> store, sqlite_connection& on, pass inside) noexcept
        : store_(std::move(store)), connection_(&on), inside_(std::move(inside)) {}
    sqlite_work(const sqlite_work&) = delete;
    sqlite_work& operator=(const sqlite_work&) = delete;
    ~sqlite_work() { rollback(); }

    /// Errors: std::logic_error: the transaction has ended.
    [[nodiscard]] sqlite_connection& connection() const;
    [[nodiscard]] bool ended() const noexcept { return connection_ == nullptr; }

    void on_commit(std::function<void()> then) { then_.push_back(std::move(then)); }
    void commit();
    void rollback() noexcept;

private:
    void leave() noexcept;

    std::shared_ptr<sqlite_store> store_;
    sqlite_connection* connection_;  ///< null after the end
    pass inside_;
    std::vector<std::function<void()>> then_;
};

}  // namespace lastcall::detail
