#include <lastcall/postgres.hpp>

#include "store.hpp"

namespace orders {
namespace {

// The lock keeps two instances that start at once from making the tables twice.
constexpr const char* schema = R"(
SELECT pg_advisory_xact_lock(7303014);
CREATE TABLE IF NOT EXISTS orders (
    id BIGSERIAL PRIMARY KEY,
    item TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new');
CREATE TABLE IF NOT EXISTS shipments (
    order_id BIGINT PRIMARY KEY REFERENCES orders(id));
)";

class postgres_orders final : public store {
public:
    postgres_orders(lastcall::lifecycle& life, const std::string& uri, std::size_t connections)
        : pool_(life, {.name = "db",
                       .conninfo = uri,
                       .size = connections,
                       .application_name = "orders",
                       .uses = lastcall::nothing}) {
        auto t = begin("schema");
        t.script(schema);
        t.commit();
        queue_.emplace(pool_, lastcall::postgres_queue_options{.queue = "ship"});
    }

    order create(const std::string& item, std::int64_t quantity) override {
        auto t = begin("create order");
        auto rows = t.query("INSERT INTO orders (item, quantity) VALUES ($1, $2) RETURNING id",
                            item, quantity);
        rows.next();
        const auto id = rows.get<std::int64_t>(0);
        queue_->enqueue(t, std::to_string(id));
        t.commit();
        return {id, item, quantity, "new"};
    }

    std::optional<order> find(std::int64_t id) override {
        auto t = begin("find order");
        auto rows = t.query("SELECT id, item, quantity, state FROM orders WHERE id = $1", id);
        return rows.next() ? std::optional(from(rows)) : std::nullopt;
    }

    std::vector<order> list(std::int64_t after, std::int64_t limit) override {
        auto t = begin("list orders");
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
        auto t = begin("check");
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
    lastcall::postgres_transaction begin(lastcall::label what) {
        auto t = pool_.begin(what);
        if (!t) {
            throw store_closed();
        }
        return t;
    }
    static order from(lastcall::postgres_rows& r) {
        return {r.get<std::int64_t>(0), r.get<std::string>(1), r.get<std::int64_t>(2),
                r.get<std::string>(3)};
    }

    lastcall::postgres_pool pool_;
    std::optional<lastcall::postgres_queue> queue_;
};

}  // namespace

std::unique_ptr<store> open_postgres(lastcall::lifecycle& life, const std::string& uri,
                                     std::size_t connections) {
    return std::make_unique<postgres_orders>(life, uri, connections);
}

}  // namespace orders
