#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"
#include "adapters_worker/table_queue_contract.hpp"

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

struct sqlite_jobs : sqlite_service {
    using queue = sqlite_queue;

    sqlite_jobs() { testing::make_orders(db); }

    sqlite_queue_options options(std::string name = "mail") const {
        sqlite_queue_options out;
        out.queue = std::move(name);
        out.lease = 1'000ms;
        out.max_attempts = 3;
        out.retry_delay = 10ms;
        out.poll = 1h;
        out.now = now;
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
        sqlite_transaction in = begin();
        to.enqueue(in, payload);
        in.commit();
    }
    void end_leases() const { now.turn(1'000ms); }
    void make_due() const { now.turn(1h); }
    std::int64_t left() { return count("lastcall_jobs WHERE state <> 'dead'"); }
    std::int64_t dead() { return count("lastcall_jobs WHERE state = 'dead'"); }
    std::string reason() {
        sqlite_transaction in = db.read();
        sqlite_rows rows = in.query("SELECT error FROM lastcall_jobs WHERE state = 'dead'");
        return rows.next() ? rows.get<std::string>(0) : "nothing is dead";
    }

    sqlite_transaction begin() { return db.begin("test"); }
    static void have_effect(sqlite_transaction& in, const std::string& id) {
        in.exec("INSERT INTO effects VALUES (?)", id);
    }
    std::int64_t effects() { return count("effects"); }

    std::int64_t count(const std::string& what) {
        return number_from(db, "SELECT count(*) FROM " + what);
    }

    turned_clock now;
};

TEST(SqliteQueue, KeepsAJobThatIsRenewed) {
    sqlite_jobs s;
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

TEST(SqliteQueue, TriesAFailedJobLaterAndSetsItAsideInTheEnd) {
    sqlite_jobs s;
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

// A second SIGINT forces everything at once, so the database drains already when the
// handler gives its job up: it must go back all the same.
TEST(SqliteQueue, TakesBackTheJobOfAHandlerThatWasForcedTogetherWithTheDatabase) {
    sqlite_jobs s;
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

namespace testing {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobQueue, sqlite_jobs);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobQueueInTransactions, sqlite_jobs);
}  // namespace testing
}  // namespace lastcall
