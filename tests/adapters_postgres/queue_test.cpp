#include <signal.h>
#include <unistd.h>

#include "adapters_postgres/postgres_service.hpp"
#include "adapters_worker/table_queue_contract.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::counter;

struct postgres_jobs : testing::postgres_service {
    using queue = postgres_queue;

    static postgres_queue_options options(std::string name = "mail") {
        postgres_queue_options out;
        out.queue = std::move(name);
        out.max_attempts = 3;
        out.retry_delay = 1h;
        out.poll = 1h;
        return out;
    }

    std::unique_ptr<queue> make(const std::string& name) {
        return std::make_unique<queue>(db, options(name));
    }
    std::unique_ptr<queue> make_in(const std::string& table) {
        auto with = options();
        with.table = table;
        return std::make_unique<queue>(db, with);
    }
    void enqueue(queue& to, std::string_view payload) {
        postgres_transaction in = begin();
        to.enqueue(in, payload);
        in.commit();
    }
    // What the server's clock would do in time.
    void end_leases() {
        look.ask("UPDATE lastcall_jobs SET taken_until = clock_timestamp() WHERE state = 'taken'");
    }
    void make_due() { look.ask("UPDATE lastcall_jobs SET run_after = clock_timestamp()"); }
    std::int64_t left() { return count("lastcall_jobs WHERE state <> 'dead'"); }
    std::int64_t dead() { return count("lastcall_jobs WHERE state = 'dead'"); }
    std::string reason() {
        return look.ask("SELECT error FROM lastcall_jobs WHERE state = 'dead'");
    }

    postgres_transaction begin() { return db.begin("test"); }
    static void have_effect(postgres_transaction& in, const std::string& id) {
        in.exec("INSERT INTO effects VALUES ($1)", id);
    }
    std::int64_t effects() { return count("effects"); }

    std::int64_t count(const std::string& what) {
        return look.number("SELECT count(*) FROM " + what);
    }
};

TEST(PostgresQueue, RenewsItsLeasesButWaitsForNoneThatIsBeingEnded) {
    postgres_jobs s;
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

TEST(PostgresQueue, KeepsWhatItCanOfAReasonThatIsNoText) {
    postgres_jobs s;
    auto options = s.options();
    options.max_attempts = 1;
    postgres_queue queue(s.db, options);
    s.enqueue(queue, "ship it");
    queue.fail(queue.take(1, 0ms).at(0), std::string("no stock \xff\0", 11));
    EXPECT_EQ(s.reason(), "no stock ??");
}

TEST(PostgresQueue, HearsOfAJobOfAnotherProcessWithoutPolling) {
    postgres_jobs s;
    postgres_queue takes(s.db, s.options());
    postgres_queue gives(s.db, s.options());
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

// A second SIGINT forces everything at once, so the pool drains already when the handler
// gives its job up: it must go back all the same.
TEST(PostgresQueue, TakesBackTheJobOfAHandlerThatWasForcedTogetherWithThePool) {
    postgres_jobs s;
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

namespace testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, JobQueue, postgres_jobs);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, JobQueueInTransactions, postgres_jobs);
}  // namespace testing
}  // namespace lastcall
