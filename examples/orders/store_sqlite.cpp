#include <lastcall/sqlite.hpp>

#include "store_sql.hpp"

namespace orders {
namespace {

constexpr const char* sqlite_schema = R"(
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'new');
CREATE TABLE IF NOT EXISTS shipments (
    order_id INTEGER PRIMARY KEY REFERENCES orders(id));
)";

}  // namespace

std::unique_ptr<store> open_sqlite(lastcall::lifecycle& life, const std::string& file,
                                   std::size_t connections) {
    using orders = sql_store<lastcall::sqlite_database, lastcall::sqlite_queue>;
    const lastcall::sqlite_options options{
        .name = "db", .file = file, .readers = connections, .uses = lastcall::nothing};
    return std::make_unique<orders>(life, options, sqlite_schema,
                                    lastcall::sqlite_queue_options{.queue = "ship"});
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
