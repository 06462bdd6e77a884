#include <gtest/gtest.h>

#include <algorithm>
#include <lastcall/redis.hpp>
#include <set>
#include <thread>

#include "adapters_redis/observer.hpp"
#include "adapters_redis/redis_server.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::observer;
using testing::redis_server;
using texts = std::vector<std::string>;

/// A server, and one instance of a queue on it.
class RedisQueue : public ::testing::Test {
protected:
    redis_queue_options with_delay(std::chrono::milliseconds delay) {
        return {.max_attempts = 3, .retry_delay = delay};
    }

    texts fill(redis_queue& queue, int jobs) {
        texts ids;
        for (int i = 1; i <= jobs; ++i) {
            ids.push_back(queue.enqueue("payload " + std::to_string(i)));
        }
        return ids;
    }

    texts ids_of(const std::vector<job>& jobs) {
        texts ids;
        for (const job& one : jobs) {
            ids.push_back(one.id);
        }
        return ids;
    }

    std::string processing(const redis_queue& queue) {
        return "jobs:processing:" + queue.instance();
    }

    redis_server server_;
    observer outside_{server_.url()};
    lifecycle life_{{.service = "test", .log = [](std::string_view) {}}};
    redis_pool pool_{life_, {.url = server_.url()}};
};

TEST_F(RedisQueue, HandsOutTheOldestFirstAndForgetsWhatIsFinished) {
    redis_queue queue(life_, pool_, with_delay(1s));
    const texts ids = fill(queue, 5);
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5U);

    const std::vector<job> first = queue.take(3, 0ms);
    ASSERT_EQ(ids_of(first), (texts{ids[0], ids[1], ids[2]}));
    EXPECT_EQ(first[0].payload, "payload 1");
    EXPECT_EQ(first[0].attempt, 1);
    EXPECT_EQ(outside_.list(processing(queue)), ids_of(first));
    const std::vector<job> rest = queue.take(3, 0ms);
    EXPECT_EQ(ids_of(rest), (texts{ids[3], ids[4]}));
    EXPECT_TRUE(queue.take(3, 0ms).empty());

    for (const job& one : first) {
        queue.finish(one);
    }
    for (const job& one : rest) {
        queue.finish(one);
        queue.finish(one);  // a finish that is repeated, because its reply was lost
    }
    EXPECT_EQ(outside_.number_of("EXISTS", processing(queue)), 0);
    EXPECT_EQ(outside_.number_of("EXISTS", "jobs:payloads"), 0);
    EXPECT_EQ(outside_.number_of("EXISTS", "jobs:attempts"), 0);
}

TEST_F(RedisQueue, PutsAJobBackInFrontOfEveryLaterOneInWhateverOrderTheyComeBack) {
    redis_queue queue(life_, pool_, with_delay(1s));
    const texts ids = fill(queue, 200);
    std::vector<job> held = queue.take(150, 0ms);
    ASSERT_EQ(held.size(), 150U);
    std::ranges::sort(held, std::greater{}, [](const job& one) { return one.id.back(); });
    for (const job& one : held) {
        queue.put_back(one);
    }
    EXPECT_EQ(outside_.list("jobs:queue"), ids);
    EXPECT_EQ(queue.take(1, 0ms).front().attempt, 1) << "an attempt that was given back counts not";
}

TEST_F(RedisQueue, BringsAFailedJobBackLaterAndSetsItAsideAfterTheLastAttempt) {
    redis_queue queue(life_, pool_, with_delay(20ms));
    const std::string id = queue.enqueue("poison");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const std::vector<job> taken = queue.take(1, 10s);
        ASSERT_EQ(ids_of(taken), texts{id});
        EXPECT_EQ(taken[0].attempt, attempt);
        queue.fail(taken[0], "no ink");
        queue.fail(taken[0], "said twice, because the reply was lost");
        const redis_queue_counts now = queue.counts();
        EXPECT_EQ(now.delayed, attempt < 3 ? 1U : 0U);
        EXPECT_EQ(now.dead, attempt < 3 ? 0U : 1U);
        EXPECT_EQ(now.waiting + now.held, 0U);
    }
    EXPECT_EQ(outside_.list("jobs:dead"), texts{id});
    EXPECT_EQ(outside_.ask("HGET", "jobs:errors", id).text(), "no ink");
    EXPECT_EQ(outside_.ask("HGET", "jobs:payloads", id).text(), "poison");
}

TEST_F(RedisQueue, WaitsForAJobAsAnEvent) {
    redis_queue queue(life_, pool_);
    std::vector<job> taken;
    std::jthread taker([&] { taken = queue.take(4, 60s); });
    outside_.wait_for_blocked_client();
    const std::string id = queue.enqueue("late");
    taker.join();
    EXPECT_EQ(ids_of(taken), texts{id});
}

TEST_F(RedisQueue, WakesEveryTakeAtOnceNowAndFromNowOn) {
    redis_queue queue(life_, pool_);
    std::vector<std::jthread> takers;
    for (int i = 0; i < 3; ++i) {
        takers.emplace_back([&] { EXPECT_TRUE(queue.take(1, 1h).empty()); });
    }
    outside_.wait_for_blocked_client();
    queue.wake();
    takers.clear();
    EXPECT_TRUE(queue.take(1, 1h).empty());
}

TEST_F(RedisQueue, GivesBackAJobThatWasMovedForAConnectionThatBroke) {
    redis_queue queue(life_, pool_);
    const texts ids = fill(queue, 3);
    const std::vector<job> held = queue.take(1, 0ms);
    // As a BLMOVE leaves it whose reply was cut off: in our list, in nobody's hands.
    outside_.ask("LMOVE", "jobs:queue", processing(queue), "LEFT", "RIGHT");
    outside_.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    const std::vector<job> next = queue.take(5, 0ms);
    EXPECT_EQ(ids_of(next), (texts{ids[1], ids[2]})) << "also not the one that is held";
    EXPECT_EQ(next[0].attempt, 1);
}

TEST_F(RedisQueue, RepeatsAFinishThatTheServerCouldNotBeTold) {
    redis_pool hasty(life_, {.name = "hasty", .url = server_.url(), .command_timeout = 50ms});
    redis_queue queue(life_, hasty);
    queue.enqueue("done once");
    const std::vector<job> held = queue.take(1, 0ms);
    server_.freeze();
    EXPECT_THROW(queue.finish(held.at(0)), redis_error);
    server_.thaw();
    queue.renew();
    const redis_queue_counts now = queue.counts();
    EXPECT_EQ(now.held + now.waiting, 0U);
    EXPECT_EQ(outside_.number_of("EXISTS", "jobs:payloads"), 0);
}

TEST_F(RedisQueue, SurvivesAServerThatForgotItsScripts) {
    redis_queue queue(life_, pool_);
    outside_.ask("SCRIPT", "FLUSH");
    const std::string id = queue.enqueue("a");
    EXPECT_EQ(ids_of(queue.take(1, 0ms)), texts{id});
}

TEST_F(RedisQueue, ReturnsOtherErrorsOfTheServerAsTheyAre) {
    redis_queue queue(life_, pool_);
    outside_.ask("SET", "jobs:queue", "not a list");
    try {
        queue.enqueue("a");
        ADD_FAILURE();
    } catch (const redis_error& error) {
        EXPECT_EQ(error.fault(), redis_fault::refused);
    }
}

TEST_F(RedisQueue, RefusesOptionsThatCannotWork) {
    EXPECT_THROW(redis_queue(life_, pool_, {.prefix = ""}), std::invalid_argument);
    EXPECT_THROW(redis_queue(life_, pool_, {.max_attempts = 0}), std::invalid_argument);
    EXPECT_THROW(redis_queue(life_, pool_, {.retry_delay = -1ms}), std::invalid_argument);
    EXPECT_THROW(redis_queue(life_, pool_, {.lifetime = 999ms}), std::invalid_argument);
    EXPECT_EQ(outside_.number_of("EXISTS", "jobs:instances"), 0);
}

TEST_F(RedisQueue, UnregistersAndGivesBackWhenTheStartFails) {
    std::string id;
    {
        redis_queue queue(life_, pool_);
        id = queue.enqueue("a");
        ASSERT_EQ(queue.take(1, 0ms).size(), 1U);
    }
    EXPECT_EQ(outside_.list("jobs:queue"), texts{id});
    EXPECT_EQ(outside_.number_of("EXISTS", "jobs:instances"), 0);
}

}  // namespace
}  // namespace lastcall
