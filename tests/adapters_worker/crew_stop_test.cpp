#include <gtest/gtest.h>

#include "adapters/worker/crew.hpp"
#include "adapters_worker/memory_queue.hpp"

namespace lastcall::adapters {
namespace {

using testing::counter;
using testing::drain_kind;
using testing::memory_queue;
using names = std::vector<std::string>;

const auto no_progress = [](std::string_view) {};

worker_options pool(std::size_t threads, std::size_t prefetch) {
    worker_options options;
    options.name = "mail";
    options.threads = threads;
    options.prefetch = prefetch;
    return options;
}

// Two threads each run one job and hold another one when the service stops. The running
// ones end only once the queue was woken, which a drain does and nothing else.
names faults_of_a_stop(drain_kind kind) {
    memory_queue queue;
    counter release;
    counter begun;
    counter ended;
    queue.on_wake = [&] { release.add(); };
    for (const char* id : {"a", "b", "c", "d"}) {
        queue.push(id);
    }
    lifecycle life(testing::quiet_service());
    crew of(pool(2, 2), queue, [&](const job&, const std::stop_token&) {
        begun.add();
        EXPECT_TRUE(release.wait_for(1));
        ended.add();
        return job_outcome::done;
    });
    if (kind == drain_kind::real) {
        life.add(of.describe());
    } else {
        life.add({.name = "mail"});
    }
    of.go();
    EXPECT_TRUE(begun.wait_for(2));

    life.request_stop();
    const report done = life.run();
    names faults;
    if (done.result != result::clean) {
        faults.push_back("the stop was not clean");
    }
    if (ended.value() != begun.value()) {
        faults.push_back("a handler still ran");
    }
    for (const std::string& id : queue.held()) {
        faults.push_back("job " + id + " was neither finished nor put back");
    }
    if (queue.finished().size() != static_cast<std::size_t>(begun.value())) {
        faults.push_back("a job that had begun was not finished");
    }
    release.add();
    return faults;
}

TEST(CrewStop, FinishesWhatRunsAndPutsBackTheRest) {
    EXPECT_EQ(faults_of_a_stop(drain_kind::real), names{});
}

TEST(CrewStop, TheSameScenarioFindsFaultWithADrainThatWaitsForNothing) {
    EXPECT_NE(faults_of_a_stop(drain_kind::null), names{});
}

TEST(CrewStop, PutsBackWhatAForcedHandlerGivesUpOrThrows) {
    memory_queue queue;
    queue.push("gives up");
    queue.push("throws");
    counter begun;
    crew of(pool(2, 1), queue, [&](const job& at_hand, const std::stop_token& forced) {
        counter told;
        const std::stop_callback tell(forced, [&] { told.add(); });
        begun.add();
        EXPECT_TRUE(told.wait_for(1));
        if (at_hand.id == "throws") {
            throw std::runtime_error("cancelled");
        }
        return job_outcome::put_back;
    });
    of.go();
    ASSERT_TRUE(begun.wait_for(2));
    of.force();
    of.drain(no_progress);
    EXPECT_EQ(queue.put_back_jobs().size(), 2u);
    EXPECT_TRUE(queue.failed().empty());
    EXPECT_TRUE(queue.held().empty());
}

TEST(CrewStop, RepeatsAPutBackThatFails) {
    memory_queue queue;
    queue.push("a");
    queue.push("b");
    counter begun;
    counter release;
    queue.on_wake = [&] {
        queue.break_calls(memory_queue::call::put_back, 2);
        release.add();
    };
    crew of(pool(1, 2), queue, [&](const job&, const std::stop_token&) {
        begun.add();
        EXPECT_TRUE(release.wait_for(1));
        return job_outcome::done;
    });
    of.go();
    ASSERT_TRUE(begun.wait_for(1));
    EXPECT_NO_THROW(of.drain(no_progress));
    EXPECT_EQ(queue.finished(), names{"a"});
    EXPECT_EQ(queue.put_back_jobs(), names{"b"});
}

TEST(CrewStop, ReportsTheJobsThatTheQueueCouldNotBeToldAbout) {
    memory_queue queue;
    queue.push("7");
    queue.break_calls(memory_queue::call::finish, -1);
    crew of(pool(1, 1), queue,
            [](const job&, const std::stop_token&) { return job_outcome::done; });
    of.go();
    ASSERT_TRUE(queue.refused.wait_for(1));
    of.force();
    try {
        of.drain(no_progress);
        FAIL() << "a job that is not settled must be reported";
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string(error.what()),
                  "the queue could not be told about 1 job(s): job 7 (done): the queue is away."
                  " They come back when their lease ends");
    }
}

}  // namespace
}  // namespace lastcall::adapters
