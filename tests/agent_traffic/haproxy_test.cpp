// The driver and a real HAProxy, under load, where nothing may be lost.
#include <gtest/gtest.h>

#include <filesystem>

#include "agent_traffic/proxy.hpp"

namespace lastcall::agent_traffic_test {
namespace {

TEST(Haproxy, TenSwitchesUnderLoadLoseNothing) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    driver.check(within(5s));
    driver.begin_evidence(within(5s));
    load clients(with.front(), 8);
    for (std::size_t turn = 1; turn <= 10; ++turn) {
        const std::size_t to = turn % 2;
        clients.wait_for_more(100);
        with.serve(to);
        driver.move_to(to, within(20s));
        EXPECT_EQ(driver.look(within(5s)).owner, to);
        clients.wait_for_more(100);
        const auto drained = driver.empty(1 - to, within(20s));
        EXPECT_EQ(drained.cut, 0);
        EXPECT_TRUE(driver.look(within(5s)).servers[1 - to].is_in_maint);
        with.end(1 - to);  // without any manners
    }
    clients.stop();
    EXPECT_EQ(clients.bad(), 0);
    EXPECT_GE(clients.good(), 2'000);
    const auto evidence = driver.evidence(within(5s));
    EXPECT_TRUE(evidence.is_clean());
    EXPECT_EQ(evidence.retries, 0);
    EXPECT_EQ(evidence.redispatches, 0) << "a near miss";
    EXPECT_FALSE(evidence.was_reloaded);
}

TEST(Haproxy, AStopWithoutTheDriverIsSeenByClientsAndByTheEvidence) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    driver.begin_evidence(within(5s));
    load clients(with.front(), 8);
    clients.wait_for_more(200);
    with.end(0);
    while (clients.bad() == 0) {
        std::this_thread::yield();
    }
    clients.stop();
    EXPECT_FALSE(driver.evidence(within(5s)).is_clean());
}

TEST(Haproxy, GoesBackWhileTheOldOneRuns) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    load clients(with.front(), 8);
    for (int turn = 0; turn < 5; ++turn) {
        with.serve(1);
        driver.move_to(1, within(20s));
        clients.wait_for_more(100);
        const auto began = sys::monotonic_now();
        driver.move_to(0, within(20s));
        RecordProperty("back_us", static_cast<int>((sys::monotonic_now() - began) / 1us));
        EXPECT_EQ(driver.look(within(5s)).owner, 0U);
        EXPECT_EQ(driver.empty(1, within(20s)).cut, 0);
        with.end(1);
        clients.wait_for_more(100);
    }
    clients.stop();
    EXPECT_EQ(clients.bad(), 0);
}

TEST(Haproxy, WhatIsUnderWayIsAnsweredBeforeTheOldOneIsEmpty) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    int status = -1;
    std::thread request([&] { status = client(with.front()).ask("/held"); });
    while (with.server(0).held() == 0) {
        std::this_thread::yield();
    }
    with.serve(1);
    driver.move_to(1, within(20s));
    std::atomic<bool> is_released = false;
    std::thread releaser([&] {
        // Longer than the quiet time, after which an end would be the wrong one.
        within(20s).sleep(4 * with.spec().quiet);
        is_released = true;
        with.server(0).release();
    });
    const auto drained = driver.empty(0, within(20s));
    EXPECT_TRUE(is_released);
    releaser.join();
    with.end(0);
    request.join();
    EXPECT_EQ(status, 200);
    EXPECT_EQ(drained.cut, 0);
}

TEST(Haproxy, MovingToWhereRequestsGoAlreadyChangesNothing) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    with.serve(1);
    driver.move_to(1, within(20s));
    driver.move_to(1, within(20s));
    EXPECT_EQ(driver.look(within(5s)).owner, 1U);
    EXPECT_EQ(driver.empty(0, within(20s)).cut, 0);
    EXPECT_EQ(driver.empty(0, within(20s)).cut, 0);
}

TEST(Haproxy, WhatIsReadySurvivesAReload) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    with.serve(1);
    driver.move_to(1, within(20s));
    driver.empty(0, within(20s));
    with.end(0);
    EXPECT_TRUE(std::filesystem::exists(with.spec().state_file));
    with.reload();
    EXPECT_EQ(client(with.front()).ask("/"), 200) << "before anybody has put anything right";
    const auto care = driver.look_after(within(10s));
    EXPECT_TRUE(care.was_reloaded);
    const auto seen = driver.look(within(5s));
    EXPECT_EQ(seen.owner, 1U);
    EXPECT_TRUE(seen.servers[1].is_at_its_address);
    EXPECT_FALSE(driver.look_after(within(5s)).was_reloaded);
}

TEST(Haproxy, WhatAReloadForgetsIsPutRight) {
    NEEDS_HAPROXY();
    proxy with({.has_state_file = false});
    haproxy driver(with.spec());
    with.serve(1);
    driver.move_to(1, within(20s));
    driver.empty(0, within(20s));
    with.end(0);
    with.reload();
    EXPECT_NE(driver.look(within(5s)).owner, 1U) << "the reload has forgotten nothing";
    haproxy successor(with.spec());
    successor.expect(1);
    const auto care = successor.look_after(within(10s));
    EXPECT_TRUE(care.was_repaired);
    EXPECT_EQ(successor.look(within(5s)).owner, 1U);
    EXPECT_EQ(client(with.front()).ask("/"), 200);
    EXPECT_FALSE(successor.look_after(within(5s)).was_repaired) << "once is enough";
}

TEST(Haproxy, AReloadBetweenTheSwitchAndTheEndLosesNothing) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    driver.begin_evidence(within(5s));
    with.serve(1);
    driver.move_to(1, within(20s));
    with.reload();
    const auto drained = driver.empty(0, within(20s));
    EXPECT_TRUE(drained.was_reloaded) << "what the process before still had is not known";
    EXPECT_TRUE(driver.evidence(within(5s)).was_reloaded);
    EXPECT_EQ(driver.look(within(5s)).owner, 1U);
    EXPECT_EQ(client(with.front()).ask("/"), 200);
}

TEST(Haproxy, IsDrivenOverTcpAsWell) {
    NEEDS_HAPROXY();
    proxy with({.tcp_socket = true});
    haproxy driver(with.spec());
    with.serve(1);
    driver.move_to(1, within(20s));
    EXPECT_EQ(driver.look(within(5s)).owner, 1U);
}

}  // namespace
}  // namespace lastcall::agent_traffic_test
