// A server for this test program, and a pool with a lifecycle around it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include <lastcall/postgres.hpp>

#include "adapters_postgres/postgres_server.hpp"
#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

/// One server for all tests of the process; each test begins with an empty schema.
postgres_server& server();

inline postgres_options options_for(const std::string& conninfo) {
    postgres_options options;
    options.name = "db";
    options.conninfo = conninfo;
    options.application_name = "lastcall-test";
    return options;
}

/// A second way in, which the pool under test knows nothing of.
class observer {
public:
    explicit observer(const std::string& conninfo);
    ~observer();

    std::string ask(const std::string& sql);
    std::int64_t number(const std::string& sql) { return std::stoll(ask(sql)); }

    /// Looks until `sql` answers `expected`; false at the ceiling.
    bool becomes(const std::string& sql, const std::string& expected) {
        const auto until = clock::now() + ceiling;
        while (ask(sql) != expected) {
            if (clock::now() > until) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

    /// A backend ends a moment after its connection, so this is waited for.
    bool sees_no_connection() {
        return becomes(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
            "'lastcall-test'",
            "0");
    }

    bool sees_a_running(const std::string& part_of_sql) {
        return becomes(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = "
            "'lastcall-test' AND state = 'active' AND query LIKE '%" +
                part_of_sql + "%'",
            "t");
    }

private:
    void* connection_;
};

/// Begins a test: ends what earlier ones have left, and makes an empty shop.
struct clean_observer : observer {
    clean_observer();
};

struct postgres_service {
    explicit postgres_service(std::chrono::milliseconds grace = ceiling)
        : life(quiet_service(grace)), db(life, options_for(server().conninfo())) {}

    clean_observer look;
    lifecycle life;
    postgres_pool db;
};

}  // namespace lastcall::testing
