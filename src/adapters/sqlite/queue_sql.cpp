#include "adapters/sqlite/queue_sql.hpp"

#include "adapters/worker/sql_queue.hpp"

namespace lastcall::detail {
namespace {

constexpr std::size_t longest_name = 200;  // SQLite has no limit; a reader has

const std::string held = " WHERE id = ? AND owner = ? AND attempts = ? AND state = 'taken'";

}  // namespace

sqlite_queue_sql::sqlite_queue_sql(const std::string& table) {
    const std::string t = adapters::checked_table("sqlite queue", table, longest_name);
    schema = "CREATE TABLE IF NOT EXISTS " + t +
             " (id INTEGER PRIMARY KEY AUTOINCREMENT,"
             " queue TEXT NOT NULL,"
             " payload TEXT NOT NULL,"
             " state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready','taken','dead')),"
             " owner TEXT,"
             " attempts INTEGER NOT NULL DEFAULT 0,"
             " taken_until INTEGER,"
             " run_after INTEGER NOT NULL DEFAULT 0,"
             " error TEXT);"
             "CREATE INDEX IF NOT EXISTS " +
             t + "_next ON " + t + " (queue, state, id)";
    look = "SELECT 1 FROM " + t +
           " WHERE queue = ?1 AND ((state = 'ready' AND run_after <= ?2)"
           " OR (state = 'taken' AND taken_until <= ?2)) LIMIT 1";
    reclaim = "UPDATE " + t +
              " SET state = CASE WHEN attempts >= ?1 THEN 'dead' ELSE 'ready' END,"
              " owner = NULL, taken_until = NULL, error = 'its process went away with it'"
              " WHERE queue = ?3 AND state = 'taken' AND taken_until <= ?2";
    claim = "UPDATE " + t +
            " SET state = 'taken', owner = ?1, taken_until = ?2, attempts = attempts + 1"
            " WHERE id IN (SELECT id FROM " +
            t +
            " WHERE queue = ?3 AND state = 'ready' AND run_after <= ?4 ORDER BY id LIMIT ?5)"
            " RETURNING id, payload, attempts";
    enqueue = "INSERT INTO " + t + " (queue, payload, run_after) VALUES (?, ?, ?)";
    finish = "DELETE FROM " + t + held;
    put_back = "UPDATE " + t +
               " SET state = 'ready', owner = NULL, taken_until = NULL, attempts = attempts - 1" +
               held;
    fail = "UPDATE " + t +
           " SET state = CASE WHEN attempts >= ? THEN 'dead' ELSE 'ready' END,"
           " owner = NULL, taken_until = NULL, run_after = ?, error = ?" +
           held;
    renew =
        "UPDATE " + t + " SET taken_until = ? WHERE queue = ? AND owner = ? AND state = 'taken'";
}

}  // namespace lastcall::detail
