// The statements of a queue in a table. A job is
//
//   ready   to be taken once run_after has come
//   taken   by `owner` until taken_until; then it is ready again
//   dead    set aside after too many attempts
//
// and is deleted when it is done. SKIP LOCKED lets any number of processes claim at the
// same time without waiting for each other. Every change of a taken job asks for its
// owner and its attempt: of two that believe they hold it, one is right.
#pragma once

#include <string>

namespace lastcall::detail {

struct postgres_queue_sql {
    /// `notify`  whether new jobs are announced (NOTIFY on the channel `table`).
    /// Errors: std::invalid_argument: not letters, digits and _ only, or over 50.
    postgres_queue_sql(const std::string& table, bool notify);

    std::string schema;
    std::string listen;
    std::string reclaim;   ///< max_attempts, queue
    std::string claim;     ///< owner, lease, queue, most
    std::string enqueue;   ///< queue, payload, delay
    std::string finish;    ///< id, owner, attempts
    std::string put_back;  ///< id, owner, attempts
    std::string fail;      ///< id, owner, attempts, max_attempts, delay, why
    std::string renew;     ///< lease, queue, owner
};

}  // namespace lastcall::detail
