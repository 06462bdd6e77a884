#include <gtest/gtest.h>

#include <thread>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using testing::counter;
using kind = detail::sqlite_connection::kind;

constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

struct forced_store {
    testing::temporary_folder folder;
    std::shared_ptr<detail::sqlite_store> store =
        std::make_shared<detail::sqlite_store>(testing::options_for(folder.file("orders.db")));

    bool is_forced(const std::function<void()>& action) {
        try {
            action();
        } catch (const sqlite_error& error) {
            return error.forced();
        }
        return false;
    }
};

TEST(SqliteForce, EndsAStatementThatRuns) {
    forced_store s;
    counter begun;
    bool forced = false;
    std::thread runs([&] {
        sqlite_transaction in = s.store->begin(kind::reader, "endless");
        begun.add();
        forced = s.is_forced([&] { in.exec(endless); });
    });
    ASSERT_TRUE(begun.wait_for(1));
    s.store->force();
    runs.join();
    EXPECT_TRUE(forced);
}

TEST(SqliteForce, FailsEveryLaterStatementAndTheCommit) {
    forced_store s;
    {
        sqlite_transaction in = s.store->begin(kind::writer, "schema");
        in.exec("CREATE TABLE orders (item TEXT)");
        in.commit();
    }
    sqlite_transaction in = s.store->begin(kind::writer, "order");
    in.exec("INSERT INTO orders VALUES ('tea')");
    sqlite_rows rows = in.query("SELECT item FROM orders");
    s.store->force();
    EXPECT_TRUE(s.is_forced([&] { in.exec("INSERT INTO orders VALUES ('milk')"); }));
    EXPECT_TRUE(s.is_forced([&] { in.script("DELETE FROM orders"); }));
    EXPECT_TRUE(s.is_forced([&] { rows.next(); }));
    EXPECT_TRUE(s.is_forced([&] { in.commit(); }));
    EXPECT_FALSE(in);
    sqlite_transaction after =
        s.store->begin(kind::writer, "look", adapters::purpose::housekeeping);
    sqlite_rows count = after.query("SELECT count(*) FROM orders");
    ASSERT_TRUE(count.next());
    EXPECT_EQ(count.get<int>(0), 0);
}

TEST(SqliteForce, SendsAwayWhoWaitsForItsTurn) {
    forced_store s;
    sqlite_transaction holds = s.store->begin(kind::writer, "holds");
    bool forced = false;
    std::thread waits(
        [&] { forced = s.is_forced([&] { (void)s.store->begin(kind::writer, "waits"); }); });
    while (s.store->transactions().count() < 2) {
        std::this_thread::yield();
    }
    s.store->force();
    waits.join();
    EXPECT_TRUE(forced);
}

TEST(SqliteForce, SendsAwayWhoWaitsForAnotherProcessesLock) {
    forced_store s;
    const auto other =
        std::make_shared<detail::sqlite_store>(testing::options_for(s.folder.file("orders.db")));
    sqlite_transaction holds = other->begin(kind::writer, "holds");
    bool forced = false;
    std::thread waits(
        [&] { forced = s.is_forced([&] { (void)s.store->begin(kind::writer, "waits"); }); });
    while (s.store->transactions().count() < 1) {
        std::this_thread::yield();
    }
    s.store->force();
    waits.join();
    EXPECT_TRUE(forced);
}

TEST(SqliteForce, LetsAQueueSettleItsJobs) {
    forced_store s;
    s.store->force();
    sqlite_transaction in =
        s.store->begin(kind::writer, "put job back", adapters::purpose::housekeeping);
    ASSERT_TRUE(in);
    s.store->force();
    EXPECT_NO_THROW(in.exec("CREATE TABLE t (x)"));
    EXPECT_NO_THROW(in.commit());
}

// A transaction that would run for ever: the lifecycle forces it, it is rolled back, and
// the file is closed all the same.
TEST(SqliteForce, EndsAStopWhoseGraceRanOut) {
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    lifecycle life(testing::quiet_service(std::chrono::seconds(1)));
    auto options = testing::options_for(file);
    options.uses = nothing;
    sqlite_database db(life, options);
    testing::make_orders(db);
    counter begun;
    bool forced = false;
    std::thread runs([&] {
        sqlite_transaction in = db.begin("endless");
        in.exec("INSERT INTO orders (item) VALUES ('tea')");
        begun.add();
        try {
            in.exec(endless);
        } catch (const sqlite_error& error) {
            forced = error.forced();
        }
    });
    ASSERT_TRUE(begun.wait_for(1));
    life.request_stop();
    const report done = life.run();
    runs.join();
    EXPECT_TRUE(forced);
    EXPECT_EQ(done.result, result::forced);
    EXPECT_FALSE(testing::log_is_left(file));
}

}  // namespace
}  // namespace lastcall
