// What a postgres_pool is inside: the connections, the line in front of them, the gate of
// the transactions, and the connections that listen.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include <lastcall/postgres.hpp>

#include "adapters/postgres/connection.hpp"
#include "adapters/worker/fair_line.hpp"
#include "adapters/worker/transaction_work.hpp"

namespace lastcall::detail {

class postgres_store : public std::enable_shared_from_this<postgres_store> {
public:
    /// Makes the first connection.
    ///
    /// `force_window`  what the lifecycle keeps for forcing; the force wait must fit in it.
    /// Errors: as postgres_pool.
    postgres_store(postgres_options options, std::chrono::milliseconds force_window);

    /// The store as a component. Lifetime: of the store.
    [[nodiscard]] component describe();

    /// Returns, errors: as postgres_pool::begin; housekeeping after the close throws.
    postgres_transaction begin(label name, adapters::purpose why = adapters::purpose::work);

    void give_back(postgres_connection& connection) noexcept;

    void force() noexcept;

    /// Closes all connections that no transaction uses; one that is in use is closed when
    /// its transaction ends. Closing twice is harmless.
    /// Errors: std::runtime_error: some are in use.
    void close();

    /// A listening connection is part of the drain: it holds a pass, and a force ends it.
    [[nodiscard]] pass enter_listener() noexcept { return listeners_.try_enter("listen"); }
    void add_listener(std::weak_ptr<postgres_connection> listening);

    [[nodiscard]] const gate& transactions() const noexcept { return transactions_; }
    [[nodiscard]] const postgres_options& options() const noexcept { return options_; }

private:
    using line = adapters::fair_line<postgres_connection>;
    [[noreturn]] void throw_no_turn(line::ending how) const;

    const postgres_options options_;  ///< its force wait is set
    gate transactions_;
    gate listeners_;
    std::vector<std::unique_ptr<postgres_connection>> connections_;
    line free_;
    std::atomic<bool> forced_{false};  ///< set before each connection is forced
    bool closed_ = false;
    std::mutex mutex_;
    std::vector<std::weak_ptr<postgres_connection>> listening_;
};

/// One transaction.
class postgres_work : public adapters::transaction_work<postgres_store, postgres_connection> {
    using transaction_work::transaction_work;
};

}  // namespace lastcall::detail
