#include <lastcall/worker.hpp>

#include <gtest/gtest.h>

#include "adapters_worker/memory_queue.hpp"

namespace lastcall {
namespace {

using testing::memory_queue;
using names = std::vector<std::string>;

TEST(WorkerPool, IsAComponentThatTheReportNames) {
    memory_queue queue;
    lifecycle life(testing::quiet_service());
    worker_pool pool(life, {.name = "mail"}, queue,
                     [](const job&, const std::stop_token&) { return job_outcome::done; });
    queue.push("a");
    ASSERT_TRUE(queue.settled.wait_for(1));
    life.request_stop();
    const report done = life.run();
    EXPECT_EQ(done.result, result::clean);
    ASSERT_EQ(done.steps.size(), 1u);
    EXPECT_EQ(done.steps.front().component, "mail");
    EXPECT_EQ(done.steps.front().step, "drain");
    EXPECT_EQ(pool.busy(), 0u);
}

TEST(WorkerPool, RunsNothingWhenItCannotBeAdded) {
    memory_queue queue;
    queue.push("a");
    lifecycle life(testing::quiet_service());
    life.add({.name = "mail"});
    const auto handle = [](const job&, const std::stop_token&) { return job_outcome::done; };
    EXPECT_THROW(worker_pool(life, {.name = "mail"}, queue, handle), std::invalid_argument);
    EXPECT_TRUE(queue.finished().empty());
    EXPECT_TRUE(queue.held().empty());
}

TEST(WorkerPool, ReportsAJobThatCouldNotBePutBackAsAFailedDrain) {
    memory_queue queue;
    queue.push("7");
    queue.break_calls(memory_queue::call::finish, -1);
    lifecycle life(testing::quiet_service(std::chrono::seconds(2)));
    worker_pool pool(life, {.name = "mail"}, queue,
                     [](const job&, const std::stop_token&) { return job_outcome::done; });
    ASSERT_TRUE(queue.refused.wait_for(1));
    life.request_stop();
    const report done = life.run();
    ASSERT_EQ(done.steps.size(), 1u);
    EXPECT_NE(done.steps.front().result, result::clean);
    EXPECT_NE(done.steps.front().error.find("job 7 (done): the queue is away"), std::string::npos)
        << done.steps.front().error;
}

TEST(WorkerPool, TellsHowOftenItsQueueThrewAndWhatItSaidLast) {
    memory_queue queue;
    lifecycle life(testing::quiet_service());
    queue.break_calls(memory_queue::call::take, 2);
    worker_pool pool(life, {.name = "mail"}, queue,
                     [](const job& at_hand, const std::stop_token&) -> job_outcome {
                         if (at_hand.id == "bad") {
                             throw std::runtime_error("no such address");
                         }
                         return job_outcome::done;
                     });
    queue.push("bad");
    queue.push("good");
    ASSERT_TRUE(queue.settled.wait_for(2));
    EXPECT_EQ(pool.queue_failures().count, 2u) << "what a handler throws does not count";
    EXPECT_EQ(pool.queue_failures().last, "take: the queue is away");
}

TEST(WorkerPool, HasNoErrorOfAQueueThatAnswers) {
    memory_queue queue;
    queue.push("a");
    lifecycle life(testing::quiet_service());
    worker_pool pool(life, {.name = "mail"}, queue,
                     [](const job&, const std::stop_token&) { return job_outcome::done; });
    ASSERT_TRUE(queue.settled.wait_for(1));
    EXPECT_EQ(pool.queue_failures().count, 0u);
    EXPECT_EQ(pool.queue_failures().last, "");
}

TEST(WorkerPool, EndsWithItsScopeWhenNoStopCame) {
    memory_queue queue;
    queue.push("a");
    lifecycle life(testing::quiet_service());
    {
        worker_pool pool(life, {.name = "mail"}, queue,
                         [](const job&, const std::stop_token&) { return job_outcome::done; });
        ASSERT_TRUE(queue.settled.wait_for(1));
    }
    EXPECT_EQ(queue.finished(), names{"a"});
}

}  // namespace
}  // namespace lastcall
