#include "adapters/postgres/store.hpp"
#include "adapters_postgres/postgres_service.hpp"

namespace lastcall {
namespace {

using testing::counter;
using testing::drain_kind;
using names = std::vector<std::string>;

// An order is half written when the service stops. Its second half comes only once the
// drain has begun, or, for a drain that waits for nothing, once the next component drains.
names faults_of_a_stop(drain_kind kind) {
    testing::clean_observer look;
    counter begun;
    counter release;
    names faults;
    lifecycle life(testing::quiet_service());
    const auto store = std::make_shared<detail::postgres_store>(
        testing::options_for(testing::server().conninfo()), std::chrono::seconds(1));
    const component part = store->describe();
    const bool waits = kind == drain_kind::real;
    life.add({.name = "network", .uses = nothing, .drain = [&] {
                  if (store->transactions().count() != 0) {
                      faults.push_back("a transaction ran when what it uses drained");
                  }
                  release.add();
              }});
    life.add({.name = part.name,
              .uses = {"network"},
              .gates = waits ? part.gates : std::vector<gate*>(),
              .drain = waits ? step([&] { release.add(); }) : step(),
              .close = part.close,
              .force = part.force});
    std::thread order([&] {
        postgres_transaction in = store->begin("order");
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
        begun.add();
        EXPECT_TRUE(release.wait_for(1));
        in.exec("INSERT INTO orders VALUES (2, 'milk')");
        in.commit();
    });
    EXPECT_TRUE(begun.wait_for(1));
    life.request_stop();
    const report done = life.run();
    if (done.result != result::clean) {
        faults.push_back("the stop was not clean");
    }
    order.join();
    if (!look.sees_no_connection()) {
        faults.push_back("a connection is left");
    }
    if (store->begin("late")) {
        faults.push_back("a transaction began after the stop");
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
