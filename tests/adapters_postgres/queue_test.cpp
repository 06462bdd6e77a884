#include <signal.h>
#include <unistd.h>

#include "adapters_postgres/postgres_service.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::counter;

struct queue_service : testing::postgres_service {
    static postgres_queue_options options(std::string name = "mail") {
        postgres_queue_options out;
        out.queue = std::move(name);
        out.max_attempts = 3;
        out.poll = 5ms;
        return out;
    }

    void enqueue(postgres_queue& queue, std::string_view payload) {
        postgres_transaction in = db.begin("enqueue");
        queue.enqueue(in, payload);
        in.commit();
    }

    // What the server's clock would do in time.
    void end_leases() {
        look.ask("UPDATE lastcall_jobs SET taken_until = clock_timestamp() WHERE state = 'taken'");
    }
};

TEST(PostgresQueue, GivesJobsInOrderAndOnce) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    for (const char* payload : {"a", "b", "c"}) {
        s.enqueue(queue, payload);
    }
    const auto first = queue.take(2, 0ms);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].payload, "a");
    EXPECT_EQ(first[0].attempt, 1);
    EXPECT_EQ(first[1].payload, "b");
    EXPECT_EQ(queue.take(2, 0ms).size(), 1u);
    EXPECT_TRUE(queue.take(2, 0ms).empty());
    queue.finish(first[0]);
    EXPECT_EQ(s.look.number("SELECT count(*) FROM lastcall_jobs"), 2);
}

TEST(PostgresQueue, KnowsNoJobOfATransactionThatWasRolledBack) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    {
        postgres_transaction in = s.db.begin();
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
        queue.enqueue(in, "ship it");
    }
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
}

TEST(PostgresQueue, RefusesAnIllNamedTable) {
    queue_service s;
    auto options = s.options();
    options.table = "jobs; DROP TABLE orders";
    EXPECT_THROW(postgres_queue(s.db, options), std::invalid_argument);
}

TEST(PostgresQueue, EndsAJobWithItsEffectOrNotAtAll) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    s.enqueue(queue, "ship it");
    const job at_hand = queue.take(1, 0ms).at(0);
    {
        postgres_transaction in = s.db.begin();
        EXPECT_TRUE(queue.finish_in(in, at_hand));
    }
    EXPECT_EQ(s.look.number("SELECT count(*) FROM lastcall_jobs"), 1);
    postgres_transaction in = s.db.begin();
    EXPECT_TRUE(queue.finish_in(in, at_hand));
    in.commit();
    EXPECT_EQ(s.look.number("SELECT count(*) FROM lastcall_jobs"), 0);
}

TEST(PostgresQueue, TellsWhoseLeaseRanOutThatTheJobIsNotItsOwn) {
    queue_service s;
    postgres_queue slow(s.db, s.options());
    postgres_queue other(s.db, s.options());
    s.enqueue(slow, "ship it");
    const job mine = slow.take(1, 0ms).at(0);
    EXPECT_TRUE(other.take(1, 0ms).empty());
    s.end_leases();
    const job theirs = other.take(1, testing::ceiling).at(0);
    EXPECT_EQ(theirs.attempt, 2);
    {
        postgres_transaction in = s.db.begin();
        EXPECT_FALSE(slow.finish_in(in, mine));
    }
    slow.put_back(mine);
    slow.fail(mine, "too late");
    postgres_transaction in = s.db.begin();
    EXPECT_TRUE(other.finish_in(in, theirs));
}

TEST(PostgresQueue, RenewsItsLeasesButWaitsForNoneThatIsBeingEnded) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    s.enqueue(queue, "a");
    s.enqueue(queue, "b");
    const auto held = queue.take(2, 0ms);
    ASSERT_EQ(held.size(), 2u);
    s.end_leases();
    postgres_transaction ending = s.db.begin();
    ASSERT_TRUE(queue.finish_in(ending, held[0]));
    queue.renew();
    EXPECT_EQ(s.look.number("SELECT count(*) FROM lastcall_jobs WHERE taken_until > "
                            "clock_timestamp()"),
              1);
    ending.commit();
}

TEST(PostgresQueue, DoesNotCountAnAttemptThatWasPutBack) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    s.enqueue(queue, "ship it");
    queue.put_back(queue.take(1, 0ms).at(0));
    EXPECT_EQ(queue.take(1, 0ms).at(0).attempt, 1);
}

TEST(PostgresQueue, TriesAFailedJobLaterAndSetsItAsideInTheEnd) {
    queue_service s;
    auto options = s.options();
    options.retry_delay = 1h;
    postgres_queue queue(s.db, options);
    s.enqueue(queue, "ship it");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const job at_hand = queue.take(1, 0ms).at(0);
        EXPECT_EQ(at_hand.attempt, attempt);
        queue.fail(at_hand, std::string("no stock \xff\0", 11));
        EXPECT_TRUE(queue.take(1, 0ms).empty());
        s.look.ask("UPDATE lastcall_jobs SET run_after = clock_timestamp()");
    }
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    EXPECT_EQ(s.look.ask("SELECT error FROM lastcall_jobs WHERE state = 'dead'"), "no stock ??");
}

TEST(PostgresQueue, HearsOfAJobOfAnotherProcessWithoutPolling) {
    queue_service s;
    auto options = s.options();
    options.poll = 1h;
    postgres_queue takes(s.db, options);
    postgres_queue gives(s.db, options);
    std::size_t got = 0;
    std::thread waits([&] { got = takes.take(1, testing::ceiling).size(); });
    ASSERT_TRUE(
        s.look.becomes("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE "
                       "'LISTEN%' AND state = 'idle'",
                       "t"));
    s.enqueue(gives, "ship it");
    waits.join();
    EXPECT_EQ(got, 1u);
    takes.wake();
}

TEST(PostgresQueue, ReturnsAtOnceWhenItIsWokenNowAndFromNowOn) {
    queue_service s;
    auto options = s.options();
    options.poll = 1h;
    postgres_queue queue(s.db, options);
    std::thread takes([&] { EXPECT_TRUE(queue.take(1, 1h).empty()); });
    queue.wake();
    takes.join();
    s.enqueue(queue, "ship it");
    EXPECT_TRUE(queue.take(1, 1h).empty());
}

// A second SIGINT forces everything at once, so the pool drains already when the handler
// gives its job up: it must go back all the same.
TEST(PostgresQueue, TakesBackTheJobOfAHandlerThatWasForcedTogetherWithThePool) {
    queue_service s;
    postgres_queue queue(s.db, s.options());
    counter begun;
    worker_pool pool(s.life, {.name = "mail"}, queue,
                     [&](const job&, const std::stop_token&) -> job_outcome {
                         postgres_transaction in = s.db.begin("long");
                         begun.add();
                         in.exec("SELECT pg_sleep(60)");
                         return job_outcome::done;
                     });
    s.enqueue(queue, "ship it");
    ASSERT_TRUE(begun.wait_for(1));
    ASSERT_TRUE(s.look.sees_a_running("pg_sleep"));
    const std::stop_callback again(s.life.stopping(), [] { ::kill(::getpid(), SIGINT); });
    ::kill(::getpid(), SIGINT);
    const report done = s.life.run();
    EXPECT_EQ(done.result, result::forced) << done.json();
    EXPECT_EQ(s.look.number("SELECT count(*) FROM lastcall_jobs WHERE state = 'ready' AND "
                            "attempts = 0"),
              1);
    EXPECT_TRUE(s.look.sees_no_connection());
}

}  // namespace
}  // namespace lastcall
