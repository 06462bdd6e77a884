// Orders in a database, and the queue of their jobs in the same one. The text of an
// order and the job to ship it are written in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <lastcall/worker.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace orders {

struct order {
    std::int64_t id = 0;
    std::string item;
    std::int64_t quantity = 0;
    std::string state;  ///< "new", then "shipped"
};

/// The database takes no more transactions: the service is stopping.
struct store_closed : std::runtime_error {
    store_closed() : std::runtime_error("the service is stopping") {}
};

class store {
public:
    virtual ~store() = default;

    /// Writes the order and its job; both are there when it returns.
    /// Errors: store_closed; what the database throws. Nothing is written then.
    virtual order create(const std::string& item, std::int64_t quantity) = 0;
    virtual std::optional<order> find(std::int64_t id) = 0;
    /// Up to `limit` orders with an id above `after`.
    virtual std::vector<order> list(std::int64_t after, std::int64_t limit) = 0;
    /// Empty when the database answers.
    virtual std::string check() = 0;

    /// Ships the order of a job taken from `queue()`, and finishes the job, in one
    /// transaction. Returns: false when another process has the job now.
    virtual bool ship_and_finish(const lastcall::job& job) = 0;
    /// Ships the order if it is not shipped yet: may be called twice for one order.
    virtual void ship(std::int64_t order_id) = 0;

    virtual lastcall::job_queue& queue() = 0;
    /// Name of its component, for those who use it.
    [[nodiscard]] virtual std::string component() const = 0;
};

/// `where`: sqlite:FILE or a postgres URI. Errors: std::invalid_argument; what the database
/// throws when it cannot be opened.
std::unique_ptr<store> open_store(lastcall::lifecycle& life, const std::string& where,
                                  std::size_t connections);
std::unique_ptr<store> open_sqlite(lastcall::lifecycle& life, const std::string& file,
                                   std::size_t connections);
std::unique_ptr<store> open_postgres(lastcall::lifecycle& life, const std::string& uri,
                                     std::size_t connections);

}  // namespace orders
