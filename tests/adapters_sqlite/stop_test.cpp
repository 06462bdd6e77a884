#include <gtest/gtest.h>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"
#include "adapters_worker/order_stop.hpp"

namespace lastcall {
namespace {

using testing::drain_kind;
using names = std::vector<std::string>;

names faults_of_a_stop(drain_kind kind) {
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    names faults;
    {
        lifecycle life(testing::quiet_service());
        const auto store = std::make_shared<detail::sqlite_store>(testing::options_for(file));
        const auto begin = [&](label what) {
            return store->begin(detail::sqlite_connection::kind::writer, what);
        };
        sqlite_transaction in = begin("schema");
        in.exec("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT)");
        in.commit();
        faults = testing::faults_of_a_stop_during_an_order(life, kind, *store, begin);
        if (testing::log_is_left(file)) {
            faults.push_back("the log is left");
        }
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
