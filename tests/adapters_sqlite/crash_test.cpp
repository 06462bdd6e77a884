#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "adapters_sqlite/children.hpp"
#include "adapters_sqlite/sqlite_service.hpp"
#include "adapters_worker/child_process.hpp"

namespace lastcall {
namespace {

using testing::child_process;
using testing::number_from;

TEST(SqliteCrash, LosesNoOrderThatWasAcknowledged) {
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    std::set<std::int64_t> acknowledged;
    {
        child_process shop({"take-orders", file});
        while (acknowledged.size() < 100) {
            const auto line = shop.read_line();
            ASSERT_TRUE(line);
            acknowledged.insert(std::stoll(*line));
        }
        EXPECT_EQ(shop.kill(SIGKILL), -SIGKILL);
        while (const auto line = shop.read_line()) {
            acknowledged.insert(std::stoll(*line));
        }
    }
    lifecycle life(testing::quiet_service());
    sqlite_database db(life, testing::options_for(file));
    for (const std::int64_t id : acknowledged) {
        EXPECT_EQ(number_from(db, "SELECT count(*) FROM orders WHERE id = ?", id), 1) << id;
    }
    EXPECT_EQ(number_from(db,
                          "SELECT count(*) FROM orders WHERE CAST(id AS TEXT) NOT IN"
                          " (SELECT payload FROM lastcall_jobs)"),
              0);
    EXPECT_EQ(number_from(db, "SELECT count(*) FROM orders"),
              number_from(db, "SELECT count(*) FROM lastcall_jobs"));
}

TEST(SqliteCrash, JobsOfAKilledProcessAreDoneExactlyOnce) {
    constexpr int jobs = 20;
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    {
        lifecycle life(testing::quiet_service());
        sqlite_database db(life, testing::options_for(file));
        testing::make_orders(db);
        sqlite_queue queue(db, testing::crash_queue());
        sqlite_transaction in = db.begin();
        for (int i = 0; i < jobs; ++i) {
            queue.enqueue(in, "ship it");
        }
        in.commit();
    }
    child_process dies({"work", file, "hang"});
    ASSERT_EQ(dies.read_line(), "begun");
    child_process lives({"work", file, "do"});
    EXPECT_EQ(dies.kill(SIGKILL), -SIGKILL);
    for (int done = 0; done < jobs;) {
        const auto line = lives.read_line();
        ASSERT_TRUE(line) << done;
        done += *line == "done" ? 1 : 0;
    }
    EXPECT_EQ(lives.kill(SIGTERM), 0);
    EXPECT_FALSE(testing::log_is_left(file));
    lifecycle life(testing::quiet_service());
    sqlite_database db(life, testing::options_for(file));
    EXPECT_EQ(number_from(db, "SELECT count(*) FROM effects"), jobs);
    EXPECT_EQ(number_from(db, "SELECT count(*) FROM lastcall_jobs"), 0);
}

}  // namespace
}  // namespace lastcall
