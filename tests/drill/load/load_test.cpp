// Loads against a server that ends well, and against one that does not: the same load has to
// find nothing in the first and something in the second.
#include "drill/load/load.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "drill/load/client.hpp"
#include "drill/load/loads.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {
namespace {

load_plan pool_for(const faulty_server& server) {
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::pool, 8)};
    return plan;
}

tally counted(const trial_record& trial) {
    expectations lenient;
    lenient.judge_by = policy::lb;
    return count(trial, lenient);
}

TEST(Load, FindsNoLossWhereEachAnswerAnnouncesTheEnd) {
    faulty_server server(fault::none);
    const auto pool = names();
    load one(pool_for(server), pool);
    one.start();
    ASSERT_TRUE(
        wait_for([&] { return one.counters().connections == 8 && one.counters().answered > 100; }));
    one.withdraw_and_strike([&] { server.announce_close(); });
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    const auto made = counted(trial);
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.unknown, 0U);
    EXPECT_EQ(made.all.of(outcome::served_close), 8U);
    EXPECT_EQ(made.all.of(outcome::ok) + made.all.of(outcome::served_close), made.all.total());
    EXPECT_EQ(one.counters().connections, 0U);
    EXPECT_EQ(one.counters().in_flight, 0U);
    EXPECT_EQ(one.counters().outcomes[std::size_t(outcome::served_close)], 8U);
    EXPECT_GE(trial.marks[mark::close_announced], trial.marks[mark::signal_sent]);
    EXPECT_GE(trial.marks[mark::last_connection_closed], trial.marks[mark::last_response]);
    EXPECT_EQ(trial.marks[mark::last_response], made.last_response_ns);
}

TEST(Load, MakesNoConnectionAfterTheWithdrawal) {
    faulty_server server(fault::none);
    auto plan = pool_for(server);
    plan.lanes.push_back(lane_for(lane_kind::fresh, 4));
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered > 200; }));
    one.withdraw_routes();
    one.strike([&] { server.announce_close(); });
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    EXPECT_EQ(counted(trial).lost, 0U);
    ASSERT_GT(trial.exchanges.size(), 200U);
    for (const auto& each : trial.exchanges) {
        EXPECT_LE(each.opened_ns, trial.marks[mark::routes_withdrawn]);
    }
}

TEST(Load, LetsClientsLearnOfTheWithdrawalWithinTheJitter) {
    faulty_server server(fault::none);
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::fresh, 8)};
    plan.route_jitter = std::chrono::milliseconds(200);
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered > 50; }));
    const auto asked = nanoseconds(clock::now());
    const auto known = nanoseconds(one.withdraw_routes());
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    EXPECT_EQ(trial.marks[mark::routes_withdrawn], known);
    EXPECT_TRUE(std::ranges::any_of(trial.exchanges,
                                    [&](const auto& each) { return each.opened_ns > asked; }));
    EXPECT_TRUE(std::ranges::all_of(trial.exchanges,
                                    [&](const auto& each) { return each.opened_ns <= known; }));
}

TEST(Load, CallsAnEndThatWasSeenInTimeNoLoss) {
    faulty_server server(fault::none);
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::pool, 6), lane_for(lane_kind::idle, 3),
                  lane_for(lane_kind::silent, 3)};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for(
        [&] { return one.counters().connections == 12 && one.counters().answered > 100; }));
    one.withdraw_and_strike([] {});
    server.announce_close();
    ASSERT_TRUE(wait_for([&] { return one.counters().connections == 6; }));
    server.cut_all();
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    const auto made = counted(trial);
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.quiet_fin, 6U);
    EXPECT_EQ(made.quiet_reset, 0U);
}

TEST(Load, FindsTheLossWhereConnectionsAreCut) {
    faulty_server server(fault::hang_in_body);  // every third request is stuck
    const auto pool = names();
    load one(pool_for(server), pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return server.books()[outcome::hung_body] == 8; }));
    one.withdraw_and_strike([&] { server.cut_all(); }, {.fill_for = {}});
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    const auto made = counted(trial);
    EXPECT_EQ(made.all.of(outcome::cut_in_body, timing::in_flight), 8U);
    EXPECT_EQ(made.lost_at_risk, 8U);
    for (const auto& each : trial.exchanges) {
        if (each.result == outcome::cut_in_body) {
            EXPECT_EQ(each.missing, 1U);
            EXPECT_EQ(each.at_signal, cell::body_half);
        }
    }
}

TEST(Load, SaysWhatItEndedItself) {
    faulty_server server(fault::hang);
    const auto pool = names();
    load one(pool_for(server), pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return server.books()[outcome::hung_first] == 8; }));
    one.withdraw_and_strike([] {}, {.fill_for = {}});
    EXPECT_FALSE(one.finish(clock::now()));
    trial_record trial;
    one.take(trial);
    const auto made = counted(trial);
    EXPECT_EQ(made.unknown, 8U);
    EXPECT_EQ(made.all.of(outcome::hung_first), 0U);
}

TEST(Load, EndsWithoutALossOnAServerThatGoesOn) {
    faulty_server server(fault::none);
    auto plan = plan_for(server.at());
    auto open = lane_for(lane_kind::open, 4);
    open.rate = 300;
    plan.lanes = {lane_for(lane_kind::pool, 4),      open,
                  lane_for(lane_kind::fresh, 2),     lane_for(lane_kind::pipelined, 2),
                  lane_for(lane_kind::websocket, 2), lane_for(lane_kind::idle, 2),
                  lane_for(lane_kind::half_head, 2)};
    plan.lanes[4].every = std::chrono::milliseconds(5);
    plan.lanes[6].takes = std::chrono::milliseconds(50);
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered > 200; }));
    one.strike([] {}, {.fill_for = std::chrono::seconds(20)});
    ASSERT_TRUE(one.wind_down(soon()));
    trial_record trial;
    one.take(trial);
    const auto made = counted(trial);
    std::uint64_t never_begun = 0;
    for (const auto& each : trial.exchanges) {
        if (was_never_begun(each)) {
            ++never_begun;
        } else {
            EXPECT_EQ(each.result, outcome::ok) << each.lane << " " << to_string(each.result);
        }
    }
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.unknown, never_begun);
    EXPECT_EQ(one.counters().connections, 0U);
}

TEST(Load, DoesNotHammerAServerThatIsGone) {
    auto plan = plan_for(sys::endpoint::loopback(sys::free_port()));
    plan.lanes = {lane_for(lane_kind::fresh, 1)};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(
        wait_for([&] { return one.counters().outcomes[std::size_t(outcome::refused)] >= 4; }));
    one.finish(soon());
    trial_record trial;
    one.take(trial);
    for (std::size_t i = 1; i < trial.exchanges.size(); ++i) {
        EXPECT_GE(trial.exchanges[i].opened_ns - trial.exchanges[i - 1].end_ns,
                  std::chrono::nanoseconds(pause_after_failure).count());
    }
}

TEST(Load, CallsItsOwnLackOfDescriptorsItsOwnFault) {
    faulty_server server(fault::none);
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::idle, 50)};
    const auto pool = names();
    load one(plan, pool);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const int next = ::dup(0);
    ::close(next);
    const rlimit few{static_cast<rlim_t>(next) + 4, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    one.start();
    const bool seen = wait_for(
        [&] { return one.counters().outcomes[std::size_t(outcome::generator_fault)] > 10; });
    ::setrlimit(RLIMIT_NOFILE, &before);
    one.finish(clock::now());
    ASSERT_TRUE(seen);
    trial_record trial;
    one.take(trial);
    ASSERT_EQ(trial.generator.troubles.size(), 1U);
    EXPECT_TRUE(trial.generator.troubles[0].starts_with("Too many open files ("));
    EXPECT_EQ(counted(trial).lost, 0U);
}

TEST(Load, KnowsHowBusyItsOwnThreadIs) {
    faulty_server server(fault::none);
    const auto pool = names();
    load one(pool_for(server), pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered > 200; }));
    one.wind_down(soon());
    trial_record trial;
    one.take(trial);
    EXPECT_GT(trial.generator.processor_share, 0);
    EXPECT_LE(trial.generator.processor_share, 1.01);
    EXPECT_GT(trial.generator.late_max_ns, 0);
    EXPECT_GE(trial.generator.late_p99_ns, trial.generator.late_p50_ns);
}

TEST(Load, CountsTheConnectionsOfItsPlan) {
    load_plan plan;
    plan.lanes = {lane_for(lane_kind::pool, 8), lane_for(lane_kind::idle, 100),
                  lane_for(lane_kind::probe, 7)};
    EXPECT_EQ(connections_of(plan), 109U);
}

}  // namespace
}  // namespace lastcall::drill
