// Lanes against a server that ends well, and against one that does not: the same load has
// to find nothing in the first and something in the second.
#include <gtest/gtest.h>

#include <functional>

#include "drill/faulty_server.hpp"
#include "drill/load.hpp"
#include "drill/tally.hpp"

namespace lastcall::drill {
namespace {

moment soon() { return clock::now() + std::chrono::seconds(30); }

bool wait_for(const std::function<bool()>& what) {
    const auto until = soon();
    while (!what() && clock::now() < until) {
        std::this_thread::yield();
    }
    return what();
}

load_plan plan_for(const faulty_server& server) {
    load_plan plan;
    plan.target = server.at();
    plan.keepalive.connections = 8;
    plan.keepalive.think = std::chrono::milliseconds(4);
    plan.keepalive.post_share = 0;
    return plan;
}

TEST(Load, FindsNoLossWhereEachAnswerAnnouncesTheEnd) {
    faulty_server server(fault::none);
    load one(plan_for(server));
    one.start();
    ASSERT_TRUE(
        wait_for([&] { return one.counters().connections == 8 && one.counters().answered > 100; }));
    one.signal([&] { server.announce_close(); });
    ASSERT_TRUE(one.finish(soon()));
    const auto made = count(one.log());
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.unknown, 0U);
    EXPECT_EQ(made.all.of(outcome::served_close), 8U);
    EXPECT_EQ(made.all.of(outcome::ok) + made.all.of(outcome::served_close), made.all.total());
    EXPECT_EQ(one.counters().connections, 0U);
}

TEST(Load, MakesNoConnectionAfterTheSignal) {
    faulty_server server(fault::none);
    auto plan = plan_for(server);
    plan.fresh.clients = 4;
    load one(plan);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered > 200; }));
    one.signal([&] { server.announce_close(); });
    ASSERT_TRUE(one.finish(soon()));
    for (const auto& each : one.log().exchanges) {
        EXPECT_LE(each.opened_ns, one.log().signal_ns);
    }
}

TEST(Load, CallsAnEndThatWasSeenInTimeNoLoss) {
    faulty_server server(fault::none);
    load_plan plan;
    plan.target = server.at();
    plan.keepalive.connections = 6;
    plan.keepalive.think = std::chrono::milliseconds(4);
    plan.keepalive.post_share = 0;
    plan.idle.connections = 3;
    plan.silent.connections = 3;
    load one(plan);
    one.start();
    ASSERT_TRUE(wait_for(
        [&] { return one.counters().connections == 12 && one.counters().answered > 100; }));
    one.signal([] {});
    server.announce_close();
    ASSERT_TRUE(wait_for([&] { return one.counters().connections == 6; }));
    server.cut_all();
    ASSERT_TRUE(one.finish(soon()));
    const auto made = count(one.log());
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.quiet_fin, 6U);
    EXPECT_EQ(made.quiet_reset, 0U);
}

TEST(Load, FindsTheLossWhereConnectionsAreCut) {
    faulty_server server(fault::hang_in_body);  // every third request is stuck
    load one(plan_for(server));
    one.start();
    ASSERT_TRUE(wait_for([&] { return server.books()[outcome::timeout] == 8; }));
    one.signal([&] { server.cut_all(); });
    ASSERT_TRUE(one.finish(soon()));
    const auto made = count(one.log());
    EXPECT_EQ(made.all.of(outcome::cut_in_body, timing::in_flight), 8U);
    EXPECT_EQ(made.lost_at_risk, 8U);
}

TEST(Load, SaysWhatItEndedItself) {
    faulty_server server(fault::hang);
    load one(plan_for(server));
    one.start();
    ASSERT_TRUE(wait_for([&] { return server.books()[outcome::timeout] == 8; }));
    one.signal([] {});
    EXPECT_FALSE(one.finish(clock::now()));
    const auto made = count(one.log());
    EXPECT_EQ(made.unknown, 8U);
    EXPECT_EQ(made.all.of(outcome::timeout), 0U);
}

TEST(Request, IsEncodedWithItsLength) {
    EXPECT_EQ(encode({"POST", "/orders", "Content-Type: application/json\r\n", "{}"}, "h:1"),
              "POST /orders HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/json\r\n"
              "Content-Length: 2\r\n\r\n{}");
    EXPECT_EQ(encode({"GET", "/", {}, {}}, "h:1"), "GET / HTTP/1.1\r\nHost: h:1\r\n\r\n");
}

}  // namespace
}  // namespace lastcall::drill
