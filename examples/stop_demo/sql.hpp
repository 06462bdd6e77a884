// What the service's tables are called. Both databases understand the same text.
#pragma once

namespace stop_demo::sql {

inline constexpr const char* count_orders = "SELECT count(*) FROM orders";
inline constexpr const char* orders = "SELECT id FROM orders";
inline constexpr const char* unshipped = "SELECT id FROM orders WHERE state <> 'shipped'";
inline constexpr const char* shipments = "SELECT order_id FROM shipments";
inline constexpr const char* jobs = "SELECT payload FROM lastcall_jobs WHERE queue = 'ship'";
inline constexpr const char* jobs_held =
    "SELECT count(*) FROM lastcall_jobs WHERE queue = 'ship' AND state = 'taken'";
inline constexpr const char* jobs_dead =
    "SELECT count(*) FROM lastcall_jobs WHERE queue = 'ship' AND state = 'dead'";

/// PostgreSQL only: connections that the service has left on the server.
inline constexpr const char* connections =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orders'"
    " AND datname = current_database()";

/// The prefix of the service's keys in Redis.
inline constexpr const char* redis_prefix = "orders";

}  // namespace stop_demo::sql
