// What the database says afterwards. It is asked directly, not through the service.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "options.hpp"

namespace stop_demo {

struct ledger {
    std::vector<std::int64_t> orders;     ///< all ids
    std::vector<std::int64_t> unshipped;  ///< orders whose job is not done
    std::vector<std::int64_t> shipments;  ///< one for each job that was done
    std::vector<std::int64_t> jobs;       ///< orders that a job waits for, in any queue
    std::uint64_t jobs_held = 0;          ///< still in the hands of a process
    std::uint64_t jobs_dead = 0;          ///< set aside after too many attempts
    std::uint64_t connections = 0;        ///< of the service, still open on the server
    bool jobs_may_repeat = false;         ///< a job in Redis is done at least once, by design
};

/// One column of texts is all that we ask of a database.
class database {
public:
    virtual ~database() = default;

    /// The first column of each row. Errors: std::runtime_error, with the database's words.
    virtual std::vector<std::string> column(const std::string& sql) = 0;
};

/// `url`: sqlite:FILE or postgres://… Errors: std::runtime_error.
[[nodiscard]] std::unique_ptr<database> open_database(const std::string& url);
[[nodiscard]] std::unique_ptr<database> open_sqlite(const std::string& file);
[[nodiscard]] std::unique_ptr<database> open_postgres(const std::string& url);

/// Orders that are there before the service starts; 0 where there is no table yet.
[[nodiscard]] std::uint64_t orders_in(const std::string& url);

/// Errors: std::runtime_error.
[[nodiscard]] ledger read_ledger(const std::string& url, const std::string& queue);

/// Adds the jobs that wait in Redis, under the keys of the service. Errors: std::runtime_error.
void add_redis_jobs(const std::string& url, ledger& into);

}  // namespace stop_demo
