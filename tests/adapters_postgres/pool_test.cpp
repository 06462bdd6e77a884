#include "adapters_postgres/postgres_service.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::postgres_service;

constexpr const char* end_all_backends =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'lastcall-test'";

TEST(PostgresPool, RefusesWhatItCannotReach) {
    lifecycle life(testing::quiet_service());
    auto options = testing::options_for("host=/nowhere user=postgres");
    try {
        postgres_pool db(life, options);
        FAIL() << "there is no server";
    } catch (const postgres_error& error) {
        EXPECT_TRUE(error.connection_lost()) << error.what();
    }
    options = testing::options_for(testing::server().conninfo());
    options.size = 0;
    EXPECT_THROW(postgres_pool(life, options), std::invalid_argument);
}

TEST(PostgresPool, UsesNoMoreConnectionsThanItMay) {
    postgres_service s;
    auto options = testing::options_for(testing::server().conninfo());
    options.name = "small";
    options.size = 1;
    options.acquire_timeout = 20ms;
    postgres_pool small(s.life, options);
    postgres_transaction first = small.begin();
    try {
        (void)small.begin();
        FAIL() << "there is one connection";
    } catch (const postgres_error& error) {
        EXPECT_EQ(error.sqlstate(), "53300");
    }
    first.commit();
    EXPECT_TRUE(small.begin());
}

TEST(PostgresPool, ReplacesAConnectionThatBrokeWhileIdle) {
    postgres_service s;
    {
        postgres_transaction first = s.db.begin();
        first.commit();
    }
    ASSERT_GE(s.look.number(end_all_backends), 1);
    ASSERT_TRUE(s.look.sees_no_connection());
    postgres_transaction in = s.db.begin();
    EXPECT_EQ(in.exec("SELECT 1"), 1);
}

TEST(PostgresPool, DoesNotReplaceAConnectionInsideATransaction) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    ASSERT_GE(s.look.number(end_all_backends), 1);
    try {
        in.exec("INSERT INTO orders VALUES (2, 'milk')");
        FAIL() << "half of the transaction is gone";
    } catch (const postgres_error& error) {
        EXPECT_TRUE(error.connection_lost()) << error.what();
    }
    EXPECT_THROW(in.exec("SELECT 1"), postgres_error);
    EXPECT_THROW(in.commit(), postgres_error);
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
    EXPECT_EQ(s.db.begin().exec("SELECT 1"), 1);
}

TEST(PostgresPool, SaysWhenTheOutcomeOfACommitIsUnknown) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.script(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON orders"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    EXPECT_THROW(in.commit(), postgres_commit_unknown);
}

TEST(PostgresPool, KnowsTheOutcomeOfACommitThatTheServerRefused) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.exec("CREATE TABLE lines (of int REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED)");
    in.exec("INSERT INTO lines VALUES (99)");
    try {
        in.commit();
        FAIL() << "there is no order 99";
    } catch (const postgres_commit_unknown& error) {
        FAIL() << "the server has answered: " << error.what();
    } catch (const postgres_error& error) {
        EXPECT_EQ(error.sqlstate(), "23503");
    }
}

TEST(PostgresPool, GoesOnAfterTheServerWasRestarted) {
    postgres_service s;
    {
        postgres_transaction first = s.db.begin();
        first.commit();
    }
    testing::server().stop();
    EXPECT_THROW((void)s.db.begin(), postgres_error);
    testing::server().start();
    EXPECT_EQ(s.db.begin().exec("SELECT 1"), 1);
}

TEST(PostgresPool, NamesItsTransactionsInItsGate) {
    postgres_service s;
    postgres_transaction in = s.db.begin("place order");
    const auto inside = s.db.transactions().who();
    ASSERT_EQ(inside.size(), 1u);
    EXPECT_EQ(inside.front().gate, "db");
    EXPECT_EQ(inside.front().label, "place order");
}

}  // namespace
}  // namespace lastcall
