// What a sqlite_database is inside: the connections, the two lines in front of them,
// and the gate of the transactions.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <lastcall/sqlite.hpp>

#include "adapters/sqlite/checkpointer.hpp"
#include "adapters/sqlite/connection.hpp"
#include "adapters/worker/fair_line.hpp"
#include "adapters/worker/transaction_work.hpp"

namespace lastcall::detail {

class sqlite_store : public std::enable_shared_from_this<sqlite_store> {
public:
    /// Opens one connection of each kind. Errors: as sqlite_database.
    explicit sqlite_store(sqlite_options options);

    /// The store as a component. Lifetime: of the store.
    [[nodiscard]] component describe();

    /// Returns, errors: as sqlite_database::begin; housekeeping after the close throws.
    sqlite_transaction begin(sqlite_connection::kind what, label name,
                             adapters::purpose why = adapters::purpose::work);

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
    /// Returns: why the log could not be folded back, or null.
    std::exception_ptr fold_last();

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

/// One transaction. Shared with the rows that it gave out,
/// which are harmless after its end.
class sqlite_work : public adapters::transaction_work<sqlite_store, sqlite_connection> {
    using transaction_work::transaction_work;
};

}  // namespace lastcall::detail
