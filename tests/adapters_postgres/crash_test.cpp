#include <csignal>

#include "adapters_postgres/children.hpp"
#include "adapters_postgres/postgres_service.hpp"
#include "adapters_worker/child_process.hpp"

namespace lastcall {
namespace {

using testing::child_process;

TEST(PostgresCrash, JobsOfAKilledProcessAreDoneExactlyOnce) {
    constexpr int jobs = 20;
    const std::string conninfo = testing::server().conninfo();
    testing::clean_observer look;
    {
        lifecycle life(testing::quiet_service());
        postgres_pool db(life, testing::options_for(conninfo));
        postgres_queue queue(db, testing::crash_queue());
        postgres_transaction in = db.begin();
        for (int i = 0; i < jobs; ++i) {
            queue.enqueue(in, "ship it");
        }
        in.commit();
    }
    child_process dies({conninfo, "hang"});
    ASSERT_EQ(dies.read_line(), "begun");
    child_process lives({conninfo, "do"});
    EXPECT_EQ(dies.kill(SIGKILL), -SIGKILL);
    for (int done = 0; done < jobs;) {
        const auto line = lives.read_line();
        ASSERT_TRUE(line) << done;
        done += *line == "done" ? 1 : 0;
    }
    EXPECT_EQ(lives.kill(SIGTERM), 0);
    EXPECT_EQ(look.number("SELECT count(*) FROM effects"), jobs);
    EXPECT_EQ(look.number("SELECT count(*) FROM lastcall_jobs"), 0);
    EXPECT_TRUE(look.sees_no_connection());
}

}  // namespace
}  // namespace lastcall
