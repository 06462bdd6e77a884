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

namespace lastcall::detail {

enum class postgres_purpose { work, housekeeping };

class postgres_store : public std::enable_shared_from_this<postgres_store> {
public:
    /// Makes the first connection. Errors: as postgres_pool.
    explicit postgres_store(postgres_options options);

    /// The store as a component. Lifetime: of the store.
    [[nodiscard]] component describe();

    /// `why`     `work` holds a pass, so it is refused from the drain on, and can be forced.
    ///           `housekeeping` is a queue that settles jobs: short, and possible until the
    ///           close, so that a job that is forced can still be put back.
    /// Returns, errors: as postgres_pool::begin; housekeeping after the close throws.
    postgres_transaction begin(label name, postgres_purpose why = postgres_purpose::work);

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

    const postgres_options options_;
    gate transactions_;
    gate listeners_;
    std::vector<std::unique_ptr<postgres_connection>> connections_;
    line free_;
    std::atomic<bool> forced_{false};  ///< set before each connection is forced
    bool closed_ = false;
    std::mutex mutex_;
    std::vector<std::weak_ptr<postgres_connection>> listening_;
};

/// One transaction: its connection and its pass.
class postgres_work {
public:
    postgres_work(std::shared_ptr<postgres_store> store, postgres_connection& on,
                  pass inside) noexcept
        : store_(std::move(store)), connection_(&on), inside_(std::move(inside)) {}
    postgres_work(const postgres_work&) = delete;
    postgres_work& operator=(const postgres_work&) = delete;
    ~postgres_work() { rollback(); }

    [[nodiscard]] postgres_connection& connection() const noexcept { return *connection_; }
    void on_commit(std::function<void()> then) { then_.push_back(std::move(then)); }
    void commit();
    void rollback() noexcept;

private:
    void leave() noexcept;

    std::shared_ptr<postgres_store> store_;
    postgres_connection* connection_;  ///< null after the end
    pass inside_;
    std::vector<std::function<void()>> then_;
};

}  // namespace lastcall::detail
