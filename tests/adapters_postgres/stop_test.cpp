#include "adapters/postgres/store.hpp"
#include "adapters_postgres/postgres_service.hpp"
#include "adapters_worker/order_stop.hpp"

namespace lastcall {
namespace {

using testing::drain_kind;
using names = std::vector<std::string>;

names faults_of_a_stop(drain_kind kind) {
    testing::clean_observer look;
    lifecycle life(testing::quiet_service());
    const auto store = std::make_shared<detail::postgres_store>(
        testing::options_for(testing::server().conninfo()), std::chrono::seconds(1));
    names faults = testing::faults_of_a_stop_during_an_order(
        life, kind, *store, [&](label what) { return store->begin(what); });
    if (!look.sees_no_connection()) {
        faults.push_back("a connection is left");
    }
    if (look.number("SELECT count(*) FROM orders") != 2) {
        faults.push_back("the order is not whole");
    }
    return faults;
}

TEST(PostgresStop, FinishesTheTransactionsAndLeavesNoConnection) {
    EXPECT_EQ(faults_of_a_stop(drain_kind::real), names{});
}

TEST(PostgresStop, TheSameScenarioFindsFaultWithADrainThatWaitsForNothing) {
    EXPECT_NE(faults_of_a_stop(drain_kind::null), names{});
}

TEST(PostgresStop, EndsTheConnectionsOfAQueueToo) {
    testing::postgres_service s;
    postgres_queue queue(s.db);
    worker_pool pool(s.life, {}, queue,
                     [](const job&, const std::stop_token&) { return job_outcome::done; });
    ASSERT_TRUE(
        s.look.becomes("SELECT count(*) > 0 FROM pg_stat_activity WHERE query = "
                       "'LISTEN \"lastcall_jobs\"'",
                       "t"));
    s.life.request_stop();
    const report done = s.life.run();
    EXPECT_EQ(done.result, result::clean) << done.json();
    EXPECT_TRUE(s.look.sees_no_connection());
    EXPECT_FALSE(s.db.begin());
}

TEST(PostgresStop, DoesNotCloseAConnectionUnderItsTransaction) {
    testing::clean_observer look;
    auto store = std::make_shared<detail::postgres_store>(
        testing::options_for(testing::server().conninfo()), std::chrono::seconds(1));
    postgres_transaction in = store->begin("order");
    EXPECT_THROW(store->close(), std::runtime_error);
    EXPECT_EQ(in.exec("SELECT 1"), 1);
    store.reset();
    in.commit();
    EXPECT_TRUE(look.sees_no_connection());
}

}  // namespace
}  // namespace lastcall
