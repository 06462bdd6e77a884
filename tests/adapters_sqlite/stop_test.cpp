#include <gtest/gtest.h>

#include <thread>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using testing::counter;
using testing::drain_kind;
using names = std::vector<std::string>;

// An order is half written when the service stops. Its second half comes only once the
// drain has begun, or, for a drain that waits for nothing, once the next component drains.
names faults_of_a_stop(drain_kind kind) {
    using store_kind = detail::sqlite_connection::kind;
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    counter begun;
    counter release;
    names faults;
    report done;
    {
        lifecycle life(testing::quiet_service());
        const auto store = std::make_shared<detail::sqlite_store>(testing::options_for(file));
        {
            sqlite_transaction in = store->begin(store_kind::writer, "schema");
            in.exec("CREATE TABLE orders (item TEXT)");
            in.commit();
        }
        const component part = store->describe();
        const bool waits = kind == drain_kind::real;
        life.add({.name = "disk", .uses = nothing, .drain = [&] {
                      if (store->transactions().count() != 0) {
                          faults.push_back("a transaction ran when what it uses drained");
                      }
                      release.add();
                  }});
        life.add({.name = part.name,
                  .uses = {"disk"},
                  .gates = waits ? part.gates : std::vector<gate*>(),
                  .drain = waits ? step([&] { release.add(); }) : step(),
                  .close = part.close,
                  .force = part.force});
        std::thread order([&] {
            sqlite_transaction in = store->begin(store_kind::writer, "order");
            in.exec("INSERT INTO orders VALUES ('tea')");
            begun.add();
            EXPECT_TRUE(release.wait_for(1));
            in.exec("INSERT INTO orders VALUES ('milk')");
            in.commit();
        });
        EXPECT_TRUE(begun.wait_for(1));
        life.request_stop();
        done = life.run();
        if (testing::log_is_left(file)) {
            faults.push_back("the log is left");
        }
        order.join();
        if (store->begin(store_kind::writer, "late")) {
            faults.push_back("a transaction began after the stop");
        }
    }
    if (done.result != result::clean) {
        faults.push_back("the stop was not clean");
    }
    lifecycle again(testing::quiet_service());
    sqlite_database db(again, testing::options_for(file));
    if (testing::number_from(db, "SELECT count(*) FROM orders") != 2) {
        faults.push_back("the order is not whole");
    }
    return faults;
}

TEST(SqliteStop, FinishesTheTransactionsAndLeavesNoLog) {
    EXPECT_EQ(faults_of_a_stop(drain_kind::real), names{});
}

TEST(SqliteStop, TheSameScenarioFindsFaultWithADrainThatWaitsForNothing) {
    EXPECT_NE(faults_of_a_stop(drain_kind::null), names{});
}

TEST(SqliteStop, RefusesTransactionsThatComeAfterIt) {
    testing::sqlite_service s;
    s.life.request_stop();
    EXPECT_EQ(s.life.run().result, result::clean);
    EXPECT_FALSE(s.db.begin());
    EXPECT_FALSE(s.db.read());
    EXPECT_FALSE(testing::log_is_left(s.file));
}

TEST(SqliteStop, DoesNotCloseAConnectionUnderItsTransaction) {
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    auto store = std::make_shared<detail::sqlite_store>(testing::options_for(file));
    sqlite_transaction in = store->begin(detail::sqlite_connection::kind::writer, "order");
    in.exec("CREATE TABLE orders (item TEXT)");
    EXPECT_THROW(store->close(), std::runtime_error);
    in.exec("INSERT INTO orders VALUES ('tea')");
    store.reset();
    in.commit();
    EXPECT_FALSE(testing::log_is_left(file));
}

}  // namespace
}  // namespace lastcall
