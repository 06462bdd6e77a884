// The statements of a queue in a table. A job is
//
//   ready   to be taken once run_after has come
//   taken   by `owner` until taken_until; then it is ready again
//   dead    set aside after too many attempts
//
// and is deleted when it is done. Times are milliseconds since 1970. Every change of a
// taken job asks for its owner and its attempt: of two that believe they hold it, one
// is right. Ids are never used again (AUTOINCREMENT), so they can serve as the key of
// the job's effect.
#pragma once

#include <string>

namespace lastcall::detail {

struct sqlite_queue_sql {
    /// Errors: std::invalid_argument: not letters, digits and _ only.
    explicit sqlite_queue_sql(const std::string& table);

    std::string schema;
    std::string look;      ///< queue, now
    std::string reclaim;   ///< max_attempts, now, queue
    std::string claim;     ///< owner, until, queue, now, most
    std::string enqueue;   ///< queue, payload, run_after
    std::string finish;    ///< id, owner, attempts
    std::string put_back;  ///< id, owner, attempts
    std::string fail;      ///< max_attempts, run_after, why, id, owner, attempts
    std::string renew;     ///< until, queue, owner
};

}  // namespace lastcall::detail
