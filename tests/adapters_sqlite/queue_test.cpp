#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::counter;
using testing::number_from;
using testing::sqlite_service;

// A clock that stands still until it is turned.
struct turned_clock {
    std::shared_ptr<std::atomic<std::int64_t>> ms = std::make_shared<std::atomic<std::int64_t>>(1);
    std::chrono::system_clock::time_point operator()() const {
        return std::chrono::system_clock::time_point(std::chrono::milliseconds(*ms));
    }
    void turn(std::chrono::milliseconds by) const { *ms += by.count(); }
};

struct queue_service : sqlite_service {
    queue_service() { testing::make_orders(db); }

    sqlite_queue_options options(std::string name = "mail") const {
        sqlite_queue_options out;
        out.queue = std::move(name);
        out.lease = 1'000ms;
        out.max_attempts = 3;
        out.retry_delay = 10ms;
        out.now = now;
        return out;
    }

    void enqueue(sqlite_queue& queue, std::string_view payload) {
        sqlite_transaction in = db.begin("enqueue");
        queue.enqueue(in, payload);
        in.commit();
    }

    turned_clock now;
};

TEST(SqliteQueue, GivesJobsInOrderAndOnce) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
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
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM lastcall_jobs"), 2);
}

TEST(SqliteQueue, KnowsNoJobOfATransactionThatWasRolledBack) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    {
        sqlite_transaction in = s.db.begin();
        in.exec("INSERT INTO orders (item) VALUES ('tea')");
        queue.enqueue(in, "ship it");
    }
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM orders"), 0);
}

TEST(SqliteQueue, KeepsQueuesOfOneTableApart) {
    queue_service s;
    sqlite_queue mail(s.db, s.options("mail"));
    sqlite_queue parcels(s.db, s.options("parcels"));
    s.enqueue(mail, "letter");
    EXPECT_TRUE(parcels.take(1, 0ms).empty());
    EXPECT_EQ(mail.take(1, 0ms).size(), 1u);
}

TEST(SqliteQueue, RefusesAnIllNamedTable) {
    queue_service s;
    auto options = s.options();
    options.table = "jobs; DROP TABLE orders";
    EXPECT_THROW(sqlite_queue(s.db, options), std::invalid_argument);
}

TEST(SqliteQueue, EndsAJobWithItsEffectOrNotAtAll) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    s.enqueue(queue, "ship it");
    const job at_hand = queue.take(1, 0ms).at(0);
    {
        sqlite_transaction in = s.db.begin();
        in.exec("INSERT INTO effects VALUES (?)", at_hand.id);
        EXPECT_TRUE(queue.finish_in(in, at_hand));
    }
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM lastcall_jobs"), 1);
    sqlite_transaction in = s.db.begin();
    in.exec("INSERT INTO effects VALUES (?)", at_hand.id);
    EXPECT_TRUE(queue.finish_in(in, at_hand));
    in.commit();
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM lastcall_jobs"), 0);
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM effects"), 1);
}

TEST(SqliteQueue, TellsWhoseLeaseRanOutThatTheJobIsNotItsOwn) {
    queue_service s;
    sqlite_queue slow(s.db, s.options());
    sqlite_queue other(s.db, s.options());
    s.enqueue(slow, "ship it");
    const job mine = slow.take(1, 0ms).at(0);
    EXPECT_TRUE(other.take(1, 0ms).empty());
    s.now.turn(1'001ms);
    const job theirs = other.take(1, 0ms).at(0);
    EXPECT_EQ(theirs.attempt, 2);
    {
        sqlite_transaction in = s.db.begin();
        EXPECT_FALSE(slow.finish_in(in, mine));
    }
    slow.put_back(mine);
    slow.fail(mine, "too late");
    sqlite_transaction in = s.db.begin();
    EXPECT_TRUE(other.finish_in(in, theirs));
}

TEST(SqliteQueue, KeepsAJobThatIsRenewed) {
    queue_service s;
    sqlite_queue lives(s.db, s.options());
    sqlite_queue other(s.db, s.options());
    s.enqueue(lives, "ship it");
    const job mine = lives.take(1, 0ms).at(0);
    for (int i = 0; i < 5; ++i) {
        s.now.turn(900ms);
        lives.renew();
        EXPECT_TRUE(other.take(1, 0ms).empty());
    }
    sqlite_transaction in = s.db.begin();
    EXPECT_TRUE(lives.finish_in(in, mine));
}

TEST(SqliteQueue, DoesNotCountAnAttemptThatWasPutBack) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    s.enqueue(queue, "ship it");
    queue.put_back(queue.take(1, 0ms).at(0));
    EXPECT_EQ(queue.take(1, 0ms).at(0).attempt, 1);
}

TEST(SqliteQueue, TriesAFailedJobLaterAndSetsItAsideInTheEnd) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    s.enqueue(queue, "ship it");
    for (const auto delay : {10ms, 20ms}) {
        queue.fail(queue.take(1, 0ms).at(0), "no stock");
        s.now.turn(delay - 1ms);
        EXPECT_TRUE(queue.take(1, 0ms).empty());
        s.now.turn(1ms);
    }
    queue.fail(queue.take(1, 0ms).at(0), "no stock");
    s.now.turn(1h);
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    EXPECT_EQ(number_from(s.db,
                          "SELECT count(*) FROM lastcall_jobs WHERE state = 'dead' AND "
                          "attempts = 3 AND error = 'no stock'"),
              1);
}

TEST(SqliteQueue, SetsAsideAJobThatTakesItsProcessWithItEachTime) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    s.enqueue(queue, "poison");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        EXPECT_EQ(queue.take(1, 0ms).at(0).attempt, attempt);
        s.now.turn(2s);
    }
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM lastcall_jobs WHERE state = 'dead'"), 1);
}

TEST(SqliteQueue, RunsADelayedJobWhenItIsDue) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    sqlite_transaction in = s.db.begin();
    queue.enqueue(in, "remind", 1h);
    in.commit();
    EXPECT_TRUE(queue.take(1, 0ms).empty());
    s.now.turn(1h);
    EXPECT_EQ(queue.take(1, 0ms).size(), 1u);
}

TEST(SqliteQueue, NoticesAJobOfItsOwnProcessWithoutPolling) {
    queue_service s;
    auto options = s.options();
    options.poll = 1h;
    sqlite_queue queue(s.db, options);
    std::size_t got = 0;
    std::thread takes([&] { got = queue.take(1, testing::ceiling).size(); });
    s.enqueue(queue, "ship it");
    takes.join();
    EXPECT_EQ(got, 1u);
}

TEST(SqliteQueue, ReturnsAtOnceWhenItIsWokenNowAndFromNowOn) {
    queue_service s;
    auto options = s.options();
    options.poll = 1h;
    sqlite_queue queue(s.db, options);
    std::thread takes([&] { EXPECT_TRUE(queue.take(1, 1h).empty()); });
    queue.wake();
    takes.join();
    s.enqueue(queue, "ship it");
    EXPECT_TRUE(queue.take(1, 1h).empty());
}

// A second SIGINT forces everything at once, so the database drains already when the
// handler gives its job up: it must go back all the same.
TEST(SqliteQueue, TakesBackTheJobOfAHandlerThatWasForcedTogetherWithTheDatabase) {
    queue_service s;
    sqlite_queue queue(s.db, s.options());
    counter begun;
    worker_pool pool(s.life, {.name = "mail"}, queue,
                     [&](const job&, const std::stop_token& forced) {
                         counter told;
                         const std::stop_callback tell(forced, [&] { told.add(); });
                         begun.add();
                         EXPECT_TRUE(told.wait_for(1));
                         return job_outcome::put_back;
                     });
    s.enqueue(queue, "ship it");
    ASSERT_TRUE(begun.wait_for(1));
    const std::stop_callback again(s.life.stopping(), [] { ::kill(::getpid(), SIGINT); });
    ::kill(::getpid(), SIGINT);
    const report done = s.life.run();
    EXPECT_EQ(done.result, result::forced) << done.json();
    const auto store = std::make_shared<detail::sqlite_store>(testing::options_for(s.file));
    sqlite_transaction look = store->begin(detail::sqlite_connection::kind::reader, "look");
    sqlite_rows jobs = look.query("SELECT state, attempts FROM lastcall_jobs");
    ASSERT_TRUE(jobs.next());
    EXPECT_EQ(jobs.get<std::string>(0), "ready");
    EXPECT_EQ(jobs.get<int>(1), 0);
}

}  // namespace
}  // namespace lastcall
