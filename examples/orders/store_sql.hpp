// The orders in the tables of a database. SQLite and PostgreSQL take the same statements;
// what differs is how each is opened, and its schema.
#pragma once

#include "store.hpp"

namespace orders {

/// `Database` begins transactions; `Queue` keeps its jobs in the same database.
template <class Database, class Queue>
class sql_store : public store {
public:
    /// Opens the database as the component "db", and makes the tables when they are missing.
    template <class Options, class QueueOptions>
    sql_store(lastcall::lifecycle& life, const Options& options, const std::string& schema,
              const QueueOptions& queue)
        : database_(life, options) {
        auto t = begin("schema");
        t.script(schema);
        t.commit();
        queue_.emplace(database_, queue);
    }

    order create(const std::string& item, std::int64_t quantity) override {
        auto t = begin("create order");
        const std::int64_t id = first_of(t.query(
            "INSERT INTO orders (item, quantity) VALUES ($1, $2) RETURNING id", item, quantity));
        queue_->enqueue(t, std::to_string(id));
        t.commit();
        return {id, item, quantity, "new"};
    }

    std::optional<order> find(std::int64_t id) override {
        auto t = read("find order");
        auto rows = t.query("SELECT id, item, quantity, state FROM orders WHERE id = $1", id);
        return rows.next() ? std::optional(from(rows)) : std::nullopt;
    }

    std::vector<order> list(std::int64_t after, std::int64_t limit) override {
        auto t = read("list orders");
        auto rows = t.query(
            "SELECT id, item, quantity, state FROM orders WHERE id > $1 ORDER BY id LIMIT $2",
            after, limit);
        std::vector<order> found;
        while (rows.next()) {
            found.push_back(from(rows));
        }
        return found;
    }

    std::string check() override {
        auto t = read("check");
        return t.query("SELECT 1").next() ? "" : "no answer";
    }

    bool ship_and_finish(const lastcall::job& job) override {
        auto t = begin("ship order");
        if (!queue_->finish_in(t, job)) {
            return false;
        }
        const std::int64_t id = std::stoll(job.payload);
        t.exec("INSERT INTO shipments (order_id) VALUES ($1)", id);
        t.exec("UPDATE orders SET state = 'shipped' WHERE id = $1", id);
        t.commit();
        return true;
    }

    void ship(std::int64_t id) override {
        auto t = begin("ship order");
        t.exec("INSERT INTO shipments (order_id) VALUES ($1) ON CONFLICT DO NOTHING", id);
        t.exec("UPDATE orders SET state = 'shipped' WHERE id = $1", id);
        t.commit();
    }

    lastcall::job_queue& queue() override { return *queue_; }
    [[nodiscard]] std::string component() const override { return "db"; }

private:
    auto begin(lastcall::label what) { return open(database_.begin(what)); }

    // On a connection that only reads, where the database has such.
    auto read(lastcall::label what) {
        if constexpr (requires { database_.read(what); }) {
            return open(database_.read(what));
        } else {
            return begin(what);
        }
    }

    template <class Transaction>
    static Transaction open(Transaction t) {
        if (!t) {
            throw store_closed();
        }
        return t;
    }

    // By value: the statement has ended when its transaction commits.
    template <class Rows>
    static std::int64_t first_of(Rows rows) {
        rows.next();
        return rows.template get<std::int64_t>(0);
    }

    template <class Rows>
    static order from(Rows& r) {
        return {r.template get<std::int64_t>(0), r.template get<std::string>(1),
                r.template get<std::int64_t>(2), r.template get<std::string>(3)};
    }

    Database database_;
    std::optional<Queue> queue_;
};

}  // namespace orders
