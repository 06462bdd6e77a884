// Instances that are killed, and the jobs they held.
#include <gtest/gtest.h>

#include <csignal>
#include <lastcall/redis.hpp>
#include <map>
#include <set>
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
using testing::observer;
using testing::redis_server;
using testing::voice;
using texts = std::vector<std::string>;

/// What one service process of these tests has.
struct parts {
    explicit parts(const redis_server& server, int max_attempts = 5)
        : pool(life, {.url = server.url()}), queue(life, pool, {.max_attempts = max_attempts}) {}
    lifecycle life{{.service = "test", .log = [](std::string_view) {}}};
    redis_pool pool;
    redis_queue queue;
};

/// The sign of life runs out now, instead of after its time.
void expire(observer& outside, const std::string& instance) {
    outside.ask("DEL", "jobs:alive:" + instance);
}

/// A process that takes `most` jobs, tells its instance, and does nothing more.
int hold(const redis_server& server, const voice& parent, std::size_t most) {
    parts mine(server);
    const std::vector<job> held = mine.queue.take(most, 0ms);
    parent.say(mine.queue.instance());
    for (;;) {
        ::pause();
    }
    return static_cast<int>(held.size());
}

texts enqueue(const redis_server& server, int count) {
    parts producer(server);
    texts ids;
    for (int i = 0; i < count; ++i) {
        ids.push_back(producer.queue.enqueue("payload " + std::to_string(i)));
    }
    return ids;
}

TEST(RedisQueueCrash, TheNextStartGivesBackWhatACrashedInstanceHeldInItsOrder) {
    const redis_server server;
    observer outside(server.url());
    const texts ids = enqueue(server, 5);
    child_process crashes([&](const voice& parent) { return hold(server, parent, 3); });
    const std::string instance = crashes.hear();
    ASSERT_FALSE(instance.empty());
    crashes.signal(SIGKILL);
    crashes.wait();
    EXPECT_EQ(outside.list("jobs:processing:" + instance).size(), 3U);

    expire(outside, instance);
    parts next(server);
    EXPECT_EQ(outside.list("jobs:queue"), ids);
    const std::vector<job> again = next.queue.take(1, 0ms);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempt, 2) << "an attempt that ended in a crash counts";
}

TEST(RedisQueueCrash, AnInstanceThatLivesKeepsItsJobs) {
    const redis_server server;
    observer outside(server.url());
    enqueue(server, 3);
    child_process lives([&](const voice& parent) { return hold(server, parent, 3); });
    const std::string instance = lives.hear();
    const parts next(server);
    EXPECT_EQ(outside.list("jobs:processing:" + instance).size(), 3U);
    EXPECT_EQ(outside.number_of("EXISTS", "jobs:queue"), 0);
}

TEST(RedisQueueCrash, TwoThatRecoverAtOnceDoNotDuplicateAJob) {
    const redis_server server;
    observer outside(server.url());
    const texts ids = enqueue(server, 40);
    for (int round = 0; round < 10; ++round) {
        child_process crashes([&](const voice& parent) { return hold(server, parent, 40); });
        const std::string instance = crashes.hear();
        crashes.signal(SIGKILL);
        crashes.wait();
        expire(outside, instance);
        const auto recover = [&](const voice& parent) {
            const parts mine(server, 100);
            parent.say("recovered");
            return 0;
        };
        child_process one(recover);
        child_process two(recover);
        EXPECT_EQ(one.hear() + two.hear(), "recoveredrecovered");
        ASSERT_EQ(outside.list("jobs:queue"), ids) << "round " << round;
    }
}

TEST(RedisQueueCrash, AJobThatKillsEveryInstanceIsSetAside) {
    const redis_server server;
    observer outside(server.url());
    const texts ids = enqueue(server, 1);
    for (int crash = 1; crash <= 2; ++crash) {
        child_process crashes([&](const voice& parent) { return hold(server, parent, 1); });
        const std::string instance = crashes.hear();
        crashes.signal(SIGKILL);
        crashes.wait();
        expire(outside, instance);
        const parts next(server, 2);
    }
    EXPECT_EQ(outside.list("jobs:dead"), ids);
    EXPECT_EQ(outside.number_of("EXISTS", "jobs:queue"), 0);
}

TEST(RedisQueueCrash, AnInstanceThatWasWronglyBelievedDeadDoesNoHarm) {
    const redis_server server;
    observer outside(server.url());
    const texts ids = enqueue(server, 3);
    child_process other([&](const voice& parent) {
        observer(server.url()).ask("BLPOP", "your turn", 0);
        parts mine(server);
        const std::vector<job> took = mine.queue.take(1, 0ms);
        parent.say(took.at(0).id);
        for (;;) {
            ::pause();
        }
        return 0;
    });
    parts paused(server);
    const std::vector<job> held = paused.queue.take(2, 0ms);
    ASSERT_EQ(held.size(), 2U);
    expire(outside, paused.queue.instance());
    outside.ask("RPUSH", "your turn", 1);
    ASSERT_EQ(other.hear(), ids[0]);

    paused.queue.finish(held[0]);  // the other one does it now, and finishes it itself
    EXPECT_EQ(outside.ask("HEXISTS", "jobs:payloads", ids[0]).number(), 1);
    paused.queue.finish(held[1]);  // it waits again, and is done: nobody must do it twice
    EXPECT_EQ(outside.list("jobs:queue"), texts{ids[2]});
    paused.queue.renew();
    EXPECT_EQ(outside.number_of("EXISTS", "jobs:alive:" + paused.queue.instance()), 1);
}

/// Takes jobs until woken by SIGKILL or by the last one. Its effect is a counter per job.
int work(const redis_server& server, const voice& parent, int total) {
    parts mine(server, 1'000);
    for (;;) {
        for (const job& one : mine.queue.take(4, 100ms)) {
            auto lease = mine.pool.acquire("effect");
            parent.say(one.id);
            lease.command("HINCRBY", "effects", one.id, 1);
            lease = {};
            mine.queue.finish(one);
        }
        if (mine.pool.acquire().command("HLEN", "effects").number() >= total) {
            const redis_queue_counts left = mine.queue.counts();
            if (left.waiting + left.held + left.delayed == 0) {
                return 0;
            }
        }
        mine.queue.renew();
    }
}

TEST(RedisQueueCrash, EveryJobTakesEffectOnceOrWasHeldByTheProcessThatWasKilled) {
    constexpr int total = 2'000;  // enough for the victim however fast the other one is
    const redis_server server;
    observer outside(server.url());
    const texts ids = enqueue(server, total);
    std::set<std::string> held_at_kill;
    for (int crash = 0; crash < 4; ++crash) {
        child_process steady([&](const voice& parent) { return work(server, parent, total + 1); });
        child_process victim([&](const voice& parent) { return work(server, parent, total + 1); });
        for (int i = 0; i < 10 + crash * 7; ++i) {
            ASSERT_FALSE(victim.hear().empty());
        }
        for (child_process* one : {&victim, &steady}) {
            one->signal(SIGKILL);
            one->wait();
        }
        for (const redis_reply& instance : outside.ask("ZRANGE", "jobs:instances", 0, -1).items()) {
            for (const std::string& id : outside.list("jobs:processing:" + instance.text())) {
                held_at_kill.insert(id);
            }
            expire(outside, instance.text());
        }
    }
    EXPECT_FALSE(held_at_kill.empty()) << "nothing was killed in the middle";
    child_process last([&](const voice& parent) { return work(server, parent, total); });
    while (!last.hear().empty()) {
    }
    ASSERT_EQ(last.wait(), 0);

    std::map<std::string, int> effects;
    const redis_reply all = outside.ask("HGETALL", "effects");
    for (std::size_t i = 0; i + 1 < all.items().size(); i += 2) {
        effects[all.items()[i].text()] = std::stoi(all.items()[i + 1].text());
    }
    for (const std::string& id : ids) {
        EXPECT_GE(effects[id], 1) << "job " << id << " was lost";
        if (!held_at_kill.contains(id)) {
            EXPECT_EQ(effects[id], 1)
                << "job " << id << " was done twice, and nobody crashed on it";
        }
    }
    EXPECT_EQ(outside.number_of("EXISTS", "jobs:payloads"), 0);
}

}  // namespace
}  // namespace lastcall
