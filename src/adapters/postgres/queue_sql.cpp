#include "adapters/postgres/queue_sql.hpp"

#include "adapters/worker/sql_queue.hpp"

namespace lastcall::detail {
namespace {

// PostgreSQL cuts names at 63 bytes, and the index's is longer than the table's.
constexpr std::size_t longest_name = 50;

// Milliseconds in a parameter, as an interval.
std::string as_interval(const char* parameter) {
    return std::string("(") + parameter + "::bigint * interval '1 millisecond')";
}

const std::string held =
    " WHERE id = $1::bigint AND owner = $2 AND attempts = $3::int AND state = 'taken'";

}  // namespace

postgres_queue_sql::postgres_queue_sql(const std::string& table, bool notify) {
    const std::string name = adapters::checked_table("postgres queue", table, longest_name);
    const std::string t = "\"" + name + "\"";
    const auto announce = [&](const char* queue) {
        return notify ? ", pg_notify('" + name + "', " + queue + ")" : std::string();
    };
    // IF NOT EXISTS does not keep two processes that start together apart; the lock does.
    schema = "SELECT pg_advisory_xact_lock(hashtext('lastcall:" + name +
             "'));"
             "CREATE TABLE IF NOT EXISTS " +
             t +
             " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
             " queue text NOT NULL,"
             " payload text NOT NULL,"
             " state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready','taken','dead')),"
             " owner text,"
             " attempts int NOT NULL DEFAULT 0,"
             " taken_until timestamptz,"
             " run_after timestamptz NOT NULL DEFAULT clock_timestamp(),"
             " error text);"
             "CREATE INDEX IF NOT EXISTS \"" +
             name + "_next\" ON " + t + " (queue, state, id)";
    listen = "LISTEN " + t;
    reclaim = "UPDATE " + t +
              " SET state = CASE WHEN attempts >= $1::int THEN 'dead' ELSE 'ready' END,"
              " owner = NULL, taken_until = NULL, error = 'its process went away with it'"
              " WHERE id IN (SELECT id FROM " +
              t +
              " WHERE queue = $2 AND state = 'taken' AND taken_until <= clock_timestamp()"
              " FOR UPDATE SKIP LOCKED)";
    claim = "UPDATE " + t +
            " SET state = 'taken', owner = $1, attempts = attempts + 1,"
            " taken_until = clock_timestamp() + " +
            as_interval("$2") + " WHERE id IN (SELECT id FROM " + t +
            " WHERE queue = $3 AND state = 'ready' AND run_after <= clock_timestamp()"
            " ORDER BY id LIMIT $4::bigint FOR UPDATE SKIP LOCKED)"
            " RETURNING id, payload, attempts";
    enqueue = "INSERT INTO " + t +
              " (queue, payload, run_after) VALUES ($1::text, $2, clock_timestamp() + " +
              as_interval("$3") + ") RETURNING id" + announce("$1::text");
    finish = "DELETE FROM " + t + held;
    put_back = "UPDATE " + t +
               " SET state = 'ready', owner = NULL, taken_until = NULL, attempts = attempts - 1" +
               held + " RETURNING id" + announce("queue");
    fail = "UPDATE " + t +
           " SET state = CASE WHEN attempts >= $4::int THEN 'dead' ELSE 'ready' END,"
           " owner = NULL, taken_until = NULL, run_after = clock_timestamp() + " +
           as_interval("$5") + ", error = $6" + held;
    // A row that is locked is being ended by its handler right now; waiting for that one
    // would let the others run out.
    renew = "UPDATE " + t + " SET taken_until = clock_timestamp() + " + as_interval("$1") +
            " WHERE id IN (SELECT id FROM " + t +
            " WHERE queue = $2 AND owner = $3 AND state = 'taken' FOR UPDATE SKIP LOCKED)";
}

}  // namespace lastcall::detail
