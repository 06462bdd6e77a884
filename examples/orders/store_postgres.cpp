#include <lastcall/postgres.hpp>

#include "store_sql.hpp"

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

}  // namespace

std::unique_ptr<store> open_postgres(lastcall::lifecycle& life, const std::string& uri,
                                     std::size_t connections) {
    using orders = sql_store<lastcall::postgres_pool, lastcall::postgres_queue>;
    const lastcall::postgres_options options{.name = "db",
                                             .conninfo = uri,
                                             .size = connections,
                                             .application_name = "orders",
                                             .uses = lastcall::nothing};
    return std::make_unique<orders>(life, options, schema,
                                    lastcall::postgres_queue_options{.queue = "ship"});
}

}  // namespace orders
