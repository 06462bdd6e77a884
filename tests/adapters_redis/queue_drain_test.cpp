// What a stop leaves in Redis, seen from outside the process that stops.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <lastcall/redis.hpp>
#include <lastcall/worker.hpp>
#include <string>
#include <thread>
#include <vector>

#include "adapters_redis/child_process.hpp"
#include "adapters_redis/observer.hpp"
#include "adapters_redis/redis_server.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::drain_kind;
using testing::observer;
using testing::redis_server;
using testing::voice;
using violations = std::vector<std::string>;

void expect_empty(observer& outside, const std::string& key, violations& found) {
    if (outside.number_of("EXISTS", key) != 0) {
        found.push_back(key + " is still there");
    }
}

std::string joined(const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) {
        text += id + " ";
    }
    return text;
}

/// One worker holds ten jobs, is in the middle of the first, and is told to stop.
int work_on_ten(const redis_server& server, const voice& parent, drain_kind how) {
    const auto tell_drain = [&](std::string_view line) {
        if (line.find("worker drain, share") != line.npos) {
            parent.say("draining");  // its gate is closed
        }
    };
    lifecycle life({.service = "test", .grace = 20s, .log = tell_drain});
    redis_pool pool(life, {.url = server.url()});
    redis_queue queue(life, pool);
    worker_pool workers(life, {.prefetch = 10}, queue, [&](const job& at_hand, std::stop_token) {
        parent.say("begun " + at_hand.id);
        auto lease = pool.acquire("job");
        const redis_word words[] = {"BLPOP", "go on", 0};
        lease.run(words, 20s);
        lease.command("RPUSH", "effects", at_hand.id);
        return job_outcome::done;
    });
    life.ready();
    if (how == drain_kind::nothing) {
        testing::wait_until_fired(life.stopping());
        std::_Exit(0);
    }
    const report done = life.run();
    if (done.result != result::clean) {
        std::fputs(done.timeline().c_str(), stderr);
    }
    return done.exit_code();
}

violations stop_with_prefetched_jobs(drain_kind how) {
    violations found;
    const redis_server server;
    observer outside(server.url());
    {
        lifecycle life({.service = "producer"});
        redis_pool pool(life, {.url = server.url()});
        redis_queue queue(life, pool);
        for (int i = 0; i < 12; ++i) {
            queue.enqueue(std::to_string(i));
        }
    }
    child_process service([&](const voice& parent) { return work_on_ten(server, parent, how); });
    if (service.hear() != "begun 1") {
        return {"the worker did not begin with the oldest job"};
    }
    service.signal(SIGTERM);
    if (service.hear() == "draining") {
        outside.ask("RPUSH", "go on", 1);
    }
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    if (joined(outside.list("effects")) != "1 ") {
        found.push_back("effects: " + joined(outside.list("effects")));
    }
    if (joined(outside.list("jobs:queue")) != "2 3 4 5 6 7 8 9 10 11 12 ") {
        found.push_back("queue: " + joined(outside.list("jobs:queue")));
    }
    expect_empty(outside, "jobs:instances", found);
    expect_empty(outside, "jobs:attempts", found);
    return found;
}

TEST(RedisQueueDrain, FinishesTheJobAtHandAndPutsTheOthersBackInTheirOrder) {
    EXPECT_EQ(stop_with_prefetched_jobs(drain_kind::lifecycle), violations{});
}

TEST(RedisQueueDrain, ADrainThatWaitsForNothingIsFoundOut) {
    EXPECT_NE(stop_with_prefetched_jobs(drain_kind::nothing), violations{});
}

/// A take that waits is woken at the moment a job is moved for it, many times over.
violations stop_while_jobs_arrive(drain_kind how) {
    constexpr int rounds = 60;
    const redis_server server;
    observer outside(server.url());
    violations found;
    for (int round = 1; round <= rounds; ++round) {
        const std::string prefix = "round " + std::to_string(round);
        child_process service([&](const voice& parent) {
            lifecycle life({.service = "test", .grace = 20s, .log = [](std::string_view) {}});
            redis_pool pool(life, {.url = server.url()});
            redis_queue queue(life, pool, {.prefix = prefix});
            std::jthread taker([&] { (void)queue.take(1, 1h); });
            life.ready();
            observer(server.url()).wait_for_blocked_client();
            std::jthread producer([&] { queue.enqueue("a"); });
            if (how == drain_kind::nothing) {
                producer.join();
                parent.say("done");
                std::_Exit(0);
            }
            life.request_stop();
            queue.wake();
            producer.join();
            const int status = life.run().exit_code();
            parent.say("done");
            return status;
        });
        if (service.hear() != "done" || service.wait() != 0) {
            return {"a service did not stop"};
        }
        if (joined(outside.list(prefix + ":queue")) != "1 ") {
            found.push_back(prefix + ", queue: " + joined(outside.list(prefix + ":queue")));
        }
        expect_empty(outside, prefix + ":instances", found);
    }
    return found;
}

TEST(RedisQueueDrain, LosesNoJobThatIsMovedWhileItsTakeIsWoken) {
    EXPECT_EQ(stop_while_jobs_arrive(drain_kind::lifecycle), violations{});
}

TEST(RedisQueueDrain, ATakeThatIsSimplyCutOffIsFoundOut) {
    EXPECT_NE(stop_while_jobs_arrive(drain_kind::nothing), violations{});
}

}  // namespace
}  // namespace lastcall
