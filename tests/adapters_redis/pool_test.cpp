#include <gtest/gtest.h>

#include <lastcall/redis.hpp>
#include <thread>

#include "adapters_redis/observer.hpp"
#include "adapters_redis/redis_server.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::observer;
using testing::redis_server;

redis_fault fault_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const redis_error& error) {
        return error.fault();
    }
    ADD_FAILURE() << "nothing was thrown";
    return redis_fault::type;
}

TEST(RedisPool, AnswersEveryKindOfReplyAsItsType) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url()});
    auto lease = pool.acquire("test");
    ASSERT_TRUE(lease);

    const std::string binary("a\0\r\n\xff", 5);
    EXPECT_EQ(lease.command("SET", "key", binary).text(), "OK");
    EXPECT_EQ(lease.command("GET", "key").text(), binary);
    EXPECT_TRUE(lease.command("GET", "nothing").is_nil());
    EXPECT_EQ(lease.command("INCRBY", "count", 41).number(), 41);
    EXPECT_EQ(lease.command("INCRBY", "count", -1).number(), 40);
    EXPECT_EQ(lease.command("RPUSH", "list", "a", "b").number(), 2);
    const redis_reply list = lease.command("LRANGE", "list", 0, -1);
    ASSERT_EQ(list.items().size(), 2U);
    EXPECT_EQ(list.items()[1].text(), "b");
    const std::string large(3'000'000, 'x');
    lease.command("SET", "large", large);
    EXPECT_EQ(lease.command("GET", "large").text(), large);

    EXPECT_EQ(fault_of([&] { (void)lease.command("GET", "key").number(); }), redis_fault::type);
    EXPECT_EQ(fault_of([&] { (void)lease.command("INCR", "key"); }), redis_fault::refused);
    EXPECT_EQ(lease.command("PING").text(), "PONG") << "an error of the server breaks nothing";
}

TEST(RedisPool, SaysThatItFollowsNoRedirectOfACluster) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url()});
    auto lease = pool.acquire();
    for (const std::string redirect : {"MOVED", "ASK"}) {
        try {
            // The answer of a server that is part of a cluster and has not this key.
            const std::string script =
                "return redis.error_reply('" + redirect + " 3999 127.0.0.1:6381')";
            lease.command("EVAL", script, 0);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const redis_error& error) {
            EXPECT_EQ(error.fault(), redis_fault::refused);
            EXPECT_STREQ(
                error.what(),
                (redirect + " 3999 127.0.0.1:6381 (the server is part of a Redis Cluster, whose "
                            "redirects lastcall does not follow)")
                    .c_str());
        }
    }
    EXPECT_EQ(lease.command("PING").text(), "PONG");
}

TEST(RedisPool, LogsInAndSelectsTheDatabaseOfItsUrl) {
    const redis_server server({"--requirepass", "s3cret"});
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.tcp_url("s3cret") + "/5"});
    EXPECT_NE(pool.acquire().command("CLIENT", "LIST").text().find(" db=5 "), std::string::npos);
    EXPECT_EQ(fault_of([&] { redis_pool(life, {.name = "other", .url = server.tcp_url()}); }),
              redis_fault::unreachable);
}

TEST(RedisPool, RefusesToStartWhereNothingAnswers) {
    redis_server server;
    const std::string url = server.tcp_url();
    server.stop();
    lifecycle life({.service = "test"});
    EXPECT_EQ(fault_of([&] { redis_pool(life, {.url = url}); }), redis_fault::unreachable);
    EXPECT_THROW(redis_pool(life, {.url = "localhost"}), std::invalid_argument);
    EXPECT_THROW(redis_pool(life, {.url = url, .size = 0}), std::invalid_argument);
    EXPECT_THROW(redis_pool(life, {.url = url, .command_timeout = 0ms}), std::invalid_argument);
    EXPECT_NO_THROW(life.add({.name = "redis"})) << "a pool that failed must not be added";
}

TEST(RedisPool, ReplacesAConnectionThatTheServerClosedWhileItWasIdle) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url(), .size = 1});
    const long long before = pool.acquire().command("CLIENT", "ID").number();
    observer outside(server.url());
    outside.ask("CLIENT", "KILL", "ID", before);
    const long long after = pool.acquire().command("CLIENT", "ID").number();
    EXPECT_NE(after, before);
}

TEST(RedisPool, FailsEveryCommandOfALeaseWhoseConnectionWasLost) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url(), .size = 1});
    auto lease = pool.acquire();
    observer outside(server.url());
    outside.ask("CLIENT", "KILL", "ID", lease.command("CLIENT", "ID").number());
    EXPECT_EQ(fault_of([&] { lease.command("PING"); }), redis_fault::lost);
    EXPECT_EQ(fault_of([&] { lease.command("PING"); }), redis_fault::lost)
        << "half of a transaction must not continue on another connection";
    lease = {};
    EXPECT_EQ(pool.acquire().command("PING").text(), "PONG");
}

TEST(RedisPool, GivesUpAServerThatDoesNotAnswerAndNeverReadsItsLateReply) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url(), .size = 1, .command_timeout = 60ms});
    auto lease = pool.acquire();
    server.freeze();
    EXPECT_EQ(fault_of([&] { lease.command("ECHO", "late"); }), redis_fault::timeout);
    server.thaw();
    lease = {};
    EXPECT_EQ(pool.acquire().command("ECHO", "fresh").text(), "fresh");
}

TEST(RedisPool, SaysWhenAllConnectionsStayBusyAndHandsOnTheOneThatComesBack) {
    const redis_server server;
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.url(), .size = 2, .command_timeout = 60ms});
    auto first = pool.acquire("first");
    auto second = pool.acquire("second");
    EXPECT_EQ(pool.busy(), 2U);
    EXPECT_EQ(fault_of([&] { (void)pool.acquire("third"); }), redis_fault::timeout);
    first = {};
    EXPECT_EQ(pool.acquire("third").command("PING").text(), "PONG");
    EXPECT_EQ(pool.busy(), 1U);
}

}  // namespace
}  // namespace lastcall
