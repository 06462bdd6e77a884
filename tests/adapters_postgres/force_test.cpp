#include <signal.h>
#include <unistd.h>

#include "adapters/postgres/store.hpp"
#include "adapters_postgres/postgres_service.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::counter;

struct forced_store {
    testing::clean_observer look;
    std::shared_ptr<detail::postgres_store> store;

    explicit forced_store(std::chrono::milliseconds force_wait = testing::ceiling) {
        auto options = testing::options_for(testing::server().conninfo());
        options.force_wait = force_wait;
        store = std::make_shared<detail::postgres_store>(options, 2 * testing::ceiling);
    }

    /// Runs a statement on a thread, forces once the server works on it, and returns what
    /// the statement ended with.
    std::string force_during(const std::string& sql) {
        std::string state = "none";
        std::thread runs([&] {
            postgres_transaction in = store->begin("long");
            in.exec("INSERT INTO orders VALUES (1, 'tea')");
            try {
                in.exec(sql);
            } catch (const postgres_error& error) {
                state = error.sqlstate();
            }
        });
        EXPECT_TRUE(look.sees_a_running("pg_sleep"));
        store->force();
        runs.join();
        return state;
    }
};

// The patience is at the ceiling, so only a cancel can have ended it.
TEST(PostgresForce, CancelsAStatementOnTheServerAndRollsBack) {
    forced_store s;
    EXPECT_EQ(s.force_during("SELECT pg_sleep(60)"), "57014");
    EXPECT_TRUE(
        s.look.becomes("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                       "application_name = 'lastcall-test'",
                       "0"));
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
}

TEST(PostgresForce, FailsEveryLaterStatementAndTheCommit) {
    forced_store s;
    postgres_transaction in = s.store->begin("order");
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    s.store->force();
    const auto state_of = [](const std::function<void()>& action) {
        try {
            action();
        } catch (const postgres_error& error) {
            return error.sqlstate();
        }
        return std::string("none");
    };
    EXPECT_EQ(state_of([&] { in.exec("INSERT INTO orders VALUES (2, 'milk')"); }), "57014");
    EXPECT_EQ(state_of([&] { in.script("SELECT 1"); }), "57014");
    EXPECT_EQ(state_of([&] { in.commit(); }), "57014");
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
    EXPECT_EQ(state_of([&] { (void)s.store->begin("late"); }), "57014");
}

TEST(PostgresForce, DropsAConnectionWhoseServerDoesNotAnswer) {
    forced_store s(50ms);
    std::string state = "none";
    std::thread runs([&] {
        postgres_transaction in = s.store->begin("long");
        try {
            in.exec("SELECT pg_sleep(60)");
        } catch (const postgres_error& error) {
            state = error.sqlstate();
        }
    });
    EXPECT_TRUE(s.look.sees_a_running("pg_sleep"));
    testing::server().freeze();
    s.store->force();
    runs.join();
    testing::server().resume();
    EXPECT_EQ(state, "57014");
}

TEST(PostgresForce, SaysThatACommitWithoutAnAnswerIsUnknown) {
    forced_store s(50ms);
    {
        postgres_transaction in = s.store->begin("schema");
        in.script(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM pg_sleep(60); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON orders"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()");
        in.commit();
    }
    bool unknown = false;
    std::thread commits([&] {
        postgres_transaction in = s.store->begin("order");
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
        try {
            in.commit();
        } catch (const postgres_commit_unknown&) {
            unknown = true;
        }
    });
    EXPECT_TRUE(s.look.sees_a_running("COMMIT"));
    testing::server().freeze();
    s.store->force();
    commits.join();
    testing::server().resume();
    EXPECT_TRUE(unknown);
}

TEST(PostgresForce, SendsAwayWhoWaitsForAConnection) {
    forced_store s;
    std::vector<postgres_transaction> all;
    for (std::size_t i = 0; i < s.store->options().size; ++i) {
        all.push_back(s.store->begin("holds"));
    }
    std::string state = "none";
    std::thread waits([&] {
        try {
            (void)s.store->begin("waits");
        } catch (const postgres_error& error) {
            state = error.sqlstate();
        }
    });
    while (s.store->transactions().count() <= all.size()) {
        std::this_thread::yield();
    }
    s.store->force();
    waits.join();
    EXPECT_EQ(state, "57014");
}

TEST(PostgresForce, LetsAQueueSettleItsJobs) {
    forced_store s;
    s.store->force();
    postgres_transaction in = s.store->begin("put job back", adapters::purpose::housekeeping);
    ASSERT_TRUE(in);
    s.store->force();
    EXPECT_EQ(in.exec("INSERT INTO orders VALUES (1, 'tea')"), 1);
    EXPECT_NO_THROW(in.commit());
}

TEST(PostgresForce, EndsAStopWhoseGraceRanOut) {
    testing::postgres_service s(3s);
    std::string state = "none";
    std::thread runs([&] {
        postgres_transaction in = s.db.begin("long");
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
        try {
            in.exec("SELECT pg_sleep(60)");
        } catch (const postgres_error& error) {
            state = error.sqlstate();
        }
    });
    EXPECT_TRUE(s.look.sees_a_running("pg_sleep"));
    s.life.request_stop();
    const report done = s.life.run();
    runs.join();
    EXPECT_EQ(state, "57014");
    EXPECT_EQ(done.result, result::forced) << done.json();
    EXPECT_TRUE(s.look.sees_no_connection());
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
}

// A grace of 3 s leaves 250 ms for forcing: a drain that waited longer for the server would
// end after its share, in the time of what it uses.
TEST(PostgresForce, LetsAServerThatDoesNotAnswerKeepAShortGrace) {
    testing::postgres_service s(3s);
    std::thread runs([&] {
        postgres_transaction in = s.db.begin("long");
        EXPECT_THROW(in.exec("SELECT pg_sleep(60)"), postgres_error);
    });
    EXPECT_TRUE(s.look.sees_a_running("pg_sleep"));
    testing::server().freeze();
    s.life.request_stop();
    const report done = s.life.run();
    runs.join();
    testing::server().resume();
    EXPECT_EQ(done.result, result::forced) << done.json();
    EXPECT_LE(done.steps.at(0).duration, done.steps.at(0).share) << done.json();
}

TEST(PostgresForce, RefusesAForceWaitThatTheGraceHasNoTimeFor) {
    lifecycle life(testing::quiet_service(2s));
    auto options = testing::options_for(testing::server().conninfo());
    options.force_wait = 150ms;
    try {
        const postgres_pool pool(life, options);
        ADD_FAILURE() << "accepted";
    } catch (const std::invalid_argument& refused) {
        EXPECT_STREQ(refused.what(),
                     "postgres pool \"db\": a force wait of 150ms does not fit: the grace period "
                     "leaves 150ms for forcing; lower it, leave it unset, or give the service a "
                     "longer grace period");
    }
    options.force_wait = -1ms;
    EXPECT_THROW(postgres_pool(life, options), std::invalid_argument);
    options.force_wait = 149ms;
    EXPECT_NO_THROW(postgres_pool(life, options));
}

TEST(PostgresForce, WaitsTwoFifthsOfTheForceWindowWhenNotTold) {
    const auto wait = [](std::chrono::milliseconds window) {
        const detail::postgres_store store(testing::options_for(testing::server().conninfo()),
                                           window);
        return store.options().force_wait;
    };
    EXPECT_EQ(wait(1s), 400ms);
    EXPECT_EQ(wait(150ms), 60ms);
}

}  // namespace
}  // namespace lastcall
