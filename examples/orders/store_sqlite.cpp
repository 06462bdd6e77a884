#include <lastcall/sqlite.hpp>

#include "store.hpp"

namespace orders {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'new');
CREATE TABLE IF NOT EXISTS shipments (
    order_id INTEGER PRIMARY KEY REFERENCES orders(id));
)";

class sqlite_orders final : public store {
public:
    sqlite_orders(lastcall::lifecycle& life, const std::string& file, std::size_t readers)
        : database_(life,
                    {.name = "db", .file = file, .readers = readers, .uses = lastcall::nothing}) {
        auto t = begin("schema");
        t.script(schema);
        t.commit();
        queue_.emplace(database_, lastcall::sqlite_queue_options{.queue = "ship"});
    }

    order create(const std::string& item, std::int64_t quantity) override {
        auto t = begin("create order");
        t.exec("INSERT INTO orders (item, quantity) VALUES (?, ?)", item, quantity);
        const std::int64_t id = t.last_insert_id();
        queue_->enqueue(t, std::to_string(id));
        t.commit();
        return {id, item, quantity, "new"};
    }

    std::optional<order> find(std::int64_t id) override {
        auto t = read("find order");
        auto rows = t.query("SELECT id, item, quantity, state FROM orders WHERE id = ?", id);
        return rows.next() ? std::optional(from(rows)) : std::nullopt;
    }

    std::vector<order> list(std::int64_t after, std::int64_t limit) override {
        auto t = read("list orders");
        auto rows =
            t.query("SELECT id, item, quantity, state FROM orders WHERE id > ? ORDER BY id LIMIT ?",
                    after, limit);
        std::vector<order> found;
        while (rows.next()) {
            found.push_back(from(rows));
        }
        return found;
    }

    std::string check() override {
        auto t = read("check");
        auto rows = t.query("SELECT 1");
        return rows.next() ? "" : "no answer";
    }

    bool ship_and_finish(const lastcall::job& job) override {
        auto t = begin("ship order");
        if (!queue_->finish_in(t, job)) {
            return false;
        }
        const std::int64_t id = std::stoll(job.payload);
        t.exec("INSERT INTO shipments (order_id) VALUES (?)", id);
        t.exec("UPDATE orders SET state = 'shipped' WHERE id = ?", id);
        t.commit();
        return true;
    }

    void ship(std::int64_t id) override {
        auto t = begin("ship order");
        t.exec("INSERT INTO shipments (order_id) VALUES (?) ON CONFLICT DO NOTHING", id);
        t.exec("UPDATE orders SET state = 'shipped' WHERE id = ?", id);
        t.commit();
    }

    lastcall::job_queue& queue() override { return *queue_; }
    [[nodiscard]] std::string component() const override { return "db"; }

private:
    lastcall::sqlite_transaction begin(lastcall::label what) {
        auto t = database_.begin(what);
        if (!t) {
            throw store_closed();
        }
        return t;
    }
    lastcall::sqlite_transaction read(lastcall::label what) {
        auto t = database_.read(what);
        if (!t) {
            throw store_closed();
        }
        return t;
    }
    static order from(lastcall::sqlite_rows& r) {
        return {r.get<std::int64_t>(0), r.get<std::string>(1), r.get<std::int64_t>(2),
                r.get<std::string>(3)};
    }

    lastcall::sqlite_database database_;
    std::optional<lastcall::sqlite_queue> queue_;
};

}  // namespace

std::unique_ptr<store> open_sqlite(lastcall::lifecycle& life, const std::string& file,
                                   std::size_t connections) {
    return std::make_unique<sqlite_orders>(life, file, connections);
}

std::unique_ptr<store> open_store(lastcall::lifecycle& life, const std::string& where,
                                  std::size_t connections) {
    if (where.starts_with("sqlite:") && where.size() > 7) {
        return open_sqlite(life, where.substr(7), connections);
    }
    if (where.starts_with("postgres://") || where.starts_with("postgresql://")) {
        return open_postgres(life, where, connections);
    }
    throw std::invalid_argument("--db: \"" + where +
                                "\" is neither sqlite:FILE nor postgres://...");
}

}  // namespace orders
