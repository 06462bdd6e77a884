#include "adapters/worker/crew.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapters_worker/memory_queue.hpp"

namespace lastcall::adapters {
namespace {

using testing::counter;
using testing::memory_queue;
using names = std::vector<std::string>;

const auto no_progress = [](std::string_view) {};

worker_options pool(std::size_t threads = 1, std::size_t prefetch = 1) {
    worker_options options;
    options.name = "mail";
    options.threads = threads;
    options.prefetch = prefetch;
    return options;
}

names sorted(names of) {
    std::sort(of.begin(), of.end());
    return of;
}

TEST(Crew, RunsEachJobOnceAndTellsTheQueue) {
    memory_queue queue;
    queue.push("a");
    queue.push("b");
    queue.push("c");
    crew of(pool(2), queue, [](const job& at_hand, const std::stop_token&) {
        return at_hand.id == "b" ? job_outcome::finished : job_outcome::done;
    });
    of.go();
    ASSERT_TRUE(queue.settled.wait_for(2));
    of.drain(no_progress);
    EXPECT_EQ(sorted(queue.finished()), (names{"a", "c"}));
    EXPECT_EQ(queue.held(), (names{"b"}));  // its handler says that it told the queue
}

TEST(Crew, TakesNothingBeforeItIsLetGo) {
    memory_queue queue;
    queue.push("a");
    {
        crew never(pool(), queue,
                   [](const job&, const std::stop_token&) { return job_outcome::done; });
    }
    EXPECT_TRUE(queue.finished().empty());
    EXPECT_TRUE(queue.held().empty());
}

TEST(Crew, RefusesToBeMadeOfNothing) {
    memory_queue queue;
    const auto handle = [](const job&, const std::stop_token&) { return job_outcome::done; };
    EXPECT_THROW(crew(pool(0), queue, handle), std::invalid_argument);
    EXPECT_THROW(crew(pool(1, 0), queue, handle), std::invalid_argument);
    EXPECT_THROW(crew(pool(), queue, nullptr), std::invalid_argument);
}

TEST(Crew, FailsTheJobOfAHandlerThatThrows) {
    memory_queue queue;
    queue.push("a");
    queue.push("b");
    crew of(pool(), queue, [](const job& at_hand, const std::stop_token&) -> job_outcome {
        if (at_hand.id == "a") {
            throw std::runtime_error("no such address");
        }
        throw 42;
    });
    of.go();
    ASSERT_TRUE(queue.settled.wait_for(2));
    of.drain(no_progress);
    EXPECT_EQ(queue.failed(), (names{"a", "b"}));
    EXPECT_EQ(queue.reasons(),
              (names{"no such address", "something that is not a std::exception"}));
}

TEST(Crew, PutsBackAJobWhoseHandlerAsksForIt) {
    memory_queue queue;
    queue.push("a");
    std::vector<int> attempts;
    crew of(pool(), queue, [&](const job& at_hand, const std::stop_token&) {
        attempts.push_back(at_hand.attempt);
        return attempts.size() == 1 ? job_outcome::put_back : job_outcome::done;
    });
    of.go();
    ASSERT_TRUE(queue.settled.wait_for(2));
    of.drain(no_progress);
    EXPECT_EQ(queue.put_back_jobs(), names{"a"});
    EXPECT_EQ(queue.finished(), names{"a"});
    EXPECT_EQ(attempts, (std::vector<int>{1, 1}));
}

TEST(Crew, GoesOnAfterQueueCallsThatThrow) {
    memory_queue queue;
    queue.push("a");
    queue.break_calls(memory_queue::call::take, 1);
    queue.break_calls(memory_queue::call::finish, 1);
    crew of(pool(), queue, [](const job&, const std::stop_token&) { return job_outcome::done; });
    of.go();
    ASSERT_TRUE(queue.settled.wait_for(1));
    of.drain(no_progress);
    EXPECT_EQ(queue.finished(), names{"a"});
    EXPECT_EQ(of.failures().count, 2u);
    EXPECT_EQ(of.failures().last, "finish: the queue is away");
}

TEST(Crew, RenewsAlsoWhileAHandlerRunsLong) {
    memory_queue queue;
    queue.push("a");
    counter release;
    counter begun;
    crew of(
        pool(), queue,
        [&](const job&, const std::stop_token&) {
            begun.add();
            EXPECT_TRUE(release.wait_for(1));
            return job_outcome::done;
        },
        std::chrono::milliseconds(1));
    of.go();
    ASSERT_TRUE(begun.wait_for(1));
    const int before = queue.renewals.value();
    EXPECT_TRUE(queue.renewals.wait_for(before + 3));
    release.add();
    of.drain(no_progress);
}

TEST(Crew, NamesWhatRunsInItsGate) {
    memory_queue queue;
    queue.push("a");
    counter release;
    counter begun;
    crew of(pool(), queue, [&](const job&, const std::stop_token&) {
        begun.add();
        EXPECT_TRUE(release.wait_for(1));
        return job_outcome::done;
    });
    of.go();
    ASSERT_TRUE(begun.wait_for(1));
    EXPECT_EQ(of.busy(), 1u);
    const auto inside = of.describe().gates.front()->who();
    ASSERT_EQ(inside.size(), 1u);
    EXPECT_EQ(inside.front().gate, "mail");
    EXPECT_EQ(inside.front().label, "mail");
    release.add();
    of.drain(no_progress);
    EXPECT_EQ(of.busy(), 0u);
}

}  // namespace
}  // namespace lastcall::adapters
