// One transaction of a database component: a connection that is lent to it, the pass that
// keeps the component open, and what waits for the commit.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <lastcall/gate.hpp>

namespace lastcall::adapters {

/// What a transaction is for. `work` holds a pass, so it is refused from the drain on, and
/// can be forced. `housekeeping` is a queue that settles jobs: short, and possible until
/// the close, so that a job that is forced can still be put back.
enum class purpose { work, housekeeping };

/// `Connection` has commit() and rollback(); `Store` lends it, and takes it with give_back().
template <class Store, class Connection>
class transaction_work {
public:
    transaction_work(std::shared_ptr<Store> store, Connection& on, pass inside) noexcept
        : store_(std::move(store)), connection_(&on), inside_(std::move(inside)) {}
    transaction_work(const transaction_work&) = delete;
    transaction_work& operator=(const transaction_work&) = delete;
    ~transaction_work() { rollback(); }

    /// Errors: std::logic_error: the transaction has ended.
    [[nodiscard]] Connection& connection() const {
        if (ended()) {
            throw std::logic_error("the transaction has ended");
        }
        return *connection_;
    }
    [[nodiscard]] bool ended() const noexcept { return connection_ == nullptr; }

    void on_commit(std::function<void()> then) { then_.push_back(std::move(then)); }

    void commit() {
        Connection& on = connection();
        try {
            on.commit();
        } catch (...) {
            leave();
            throw;
        }
        // Before the connection is free and the pass ends: what is told here must not be
        // overtaken by the end of the service.
        const auto then = std::move(then_);
        for (const auto& one : then) {
            one();
        }
        leave();
    }

    void rollback() noexcept {
        if (!ended()) {
            connection_->rollback();
            leave();
        }
    }

private:
    void leave() noexcept {
        store_->give_back(*std::exchange(connection_, nullptr));
        inside_.end();
    }

    std::shared_ptr<Store> store_;
    Connection* connection_;  ///< null after the end
    pass inside_;
    std::vector<std::function<void()>> then_;
};

}  // namespace lastcall::adapters
