// The pool's part in a stop, seen from outside the process that stops.
#include <gtest/gtest.h>
#include <csignal>

#include <lastcall/redis.hpp>
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

/// A request that is inside writes before and after the stop was requested, and needs the
/// server's word to go on in between.
int serve_one_request(const redis_server& server, const voice& parent, drain_kind how) {
    lifecycle life({.service = "test", .grace = 20s, .log = [](std::string_view) {}});
    redis_pool pool(life, {.url = server.url()});
    std::jthread request([&] {
        auto lease = pool.acquire("order 1");
        lease.command("SET", "begun", 1);
        parent.say("inside");
        const redis_word words[] = {"BLPOP", "go on", 0};
        lease.run(words, 20s);
        lease.command("SET", "finished", 1);
    });
    std::jthread late([&] {
        testing::wait_until_fired(life.stopping());
        while (pool.acquire("too late")) {
        }
        parent.say("refused");
    });
    life.ready();
    if (how == drain_kind::nothing) {
        testing::wait_until_fired(life.stopping());
        std::_Exit(0);
    }
    return life.run().exit_code();
}

violations stop_with_a_request_inside(drain_kind how) {
    violations found;
    const redis_server server;
    child_process service(
        [&](const voice& parent) { return serve_one_request(server, parent, how); });
    if (service.hear() != "inside") {
        return {"the service did not begin its request"};
    }
    observer outside(server.url());
    service.signal(SIGTERM);
    if (service.hear() != "refused") {
        found.push_back("a draining pool still gave connections out");
    }
    outside.ask("RPUSH", "go on", 1);
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    if (outside.ask("GET", "finished").is_nil()) {
        found.push_back("the request inside was cut off");
    }
    return found;
}

TEST(RedisPoolDrain, FinishesTheRequestInsideAndRefusesNewOnes) {
    EXPECT_EQ(stop_with_a_request_inside(drain_kind::lifecycle), violations{});
}

TEST(RedisPoolDrain, ADrainThatWaitsForNothingIsFoundOut) {
    EXPECT_NE(stop_with_a_request_inside(drain_kind::nothing), violations{});
}

TEST(RedisPoolDrain, CutsACommandThatBlocksOnTheServerWhenForced) {
    const redis_server server;
    child_process service([&](const voice& parent) {
        lifecycle life(
            {.service = "test", .grace = 1'500ms, .reserve = 500ms, .log = [](std::string_view) {
             }});
        redis_pool pool(life, {.url = server.url()});
        std::jthread request([&] {
            auto lease = pool.acquire("blocks");
            parent.say("inside");
            try {
                const redis_word words[] = {"BLPOP", "never", 0};
                lease.run(words, 1h);
            } catch (const redis_error& error) {
                parent.say(error.fault() == redis_fault::closed ? "cut" : error.what());
            }
        });
        life.ready();
        return life.run().exit_code();
    });
    ASSERT_EQ(service.hear(), "inside");
    service.signal(SIGTERM);
    EXPECT_EQ(service.hear(), "cut");
    EXPECT_EQ(service.wait(), static_cast<int>(exit_status::forced));
}

TEST(RedisPoolDrain, SaysGoodbyeToTheServerWithEveryConnection) {
    const redis_server server;
    observer outside(server.url());
    lifecycle life({.service = "test", .log = [](std::string_view) {}});
    redis_pool pool(life, {.url = server.url(), .size = 3});
    {
        const auto a = pool.acquire();
        const auto b = pool.acquire();
        const auto c = pool.acquire();
    }
    life.ready();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::clean);
    // CLIENT LIST and INFO count a connection until the server has seen its end; QUIT was
    // answered, so it has.
    EXPECT_NE(outside.ask("INFO", "commandstats").text().find("cmdstat_quit:calls=3"),
              std::string::npos);
    EXPECT_FALSE(pool.acquire());
}

}  // namespace
}  // namespace lastcall
