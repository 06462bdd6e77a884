// At the signal the connections are where the plan wants them, and what became of each of
// them can be found under the place where it was.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "drill/load/loads.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {
namespace {

using cells = std::array<std::uint32_t, cell_count>;

cells found_in(const trial_record& trial) {
    cells found{};
    for (const auto& one : trial.exchanges) {
        ++found[std::size_t(one.at_signal)];
    }
    for (const auto& one : trial.connections) {
        ++found[std::size_t(one.at_signal)];
    }
    found[std::size_t(cell::none)] = 0;
    found[std::size_t(cell::pipelined)] /= 3;  // three requests of one connection
    return found;
}

class Cells : public testing::Test {
protected:
    /// Runs a load with `lanes` once it has so many connections, and stops it at the signal.
    /// `quiet` of them ask for nothing more: they stay until the server ends them.
    void run(std::vector<lane_plan> lanes, std::uint64_t connections, std::uint64_t quiet = 0) {
        server_.emplace(fault::none);
        trial_ = {};
        auto plan = plan_for(server_->at());
        plan.lanes = std::move(lanes);
        const auto pool = names();
        load one(plan, pool);
        one.start();
        ASSERT_TRUE(wait_for([&] { return one.counters().connections >= connections; }));
        one.withdraw_and_strike([] {}, {.fill_for = std::chrono::seconds(20)});
        server_->announce_close();
        server_->release();
        ASSERT_TRUE(wait_for([&] { return one.counters().connections == quiet; }));
        server_->cut_all();
        ASSERT_TRUE(one.finish(soon()));
        one.take(trial_);
        const auto made = count(trial_, {});
        EXPECT_EQ(made.lost, 0U);
        EXPECT_EQ(made.unknown, 0U);
        EXPECT_EQ(found_in(trial_), trial_.in_cell);
    }

    /// run(), until the signal found five who were idle for a moment. That passes within
    /// milliseconds: a thread that the kernel puts aside just then comes too late for it, but
    /// not time after time.
    void run_until_just_idle(const lane_plan& lane) {
        constexpr int attempts = 20;
        for (int i = 0; i < attempts && in(cell::just_idle) < 5 && !HasFatalFailure(); ++i) {
            run({lane}, 15);
            EXPECT_GE(in(cell::just_idle) + in(cell::idle), 10U);
            EXPECT_GE(in(cell::waiting), 5U);
        }
    }

    [[nodiscard]] std::uint32_t in(cell which) const { return trial_.in_cell[std::size_t(which)]; }

    std::optional<faulty_server> server_{std::in_place, fault::none};
    trial_record trial_;
};

TEST_F(Cells, OfAPoolAreIdleForLongOrAMomentOrHaveJustAsked) {
    run_until_just_idle(lane_for(lane_kind::pool, 15));
    EXPECT_EQ(in(cell::just_idle), 5U);
    EXPECT_EQ(in(cell::idle), 5U);
    EXPECT_EQ(in(cell::waiting), 5U);
}

TEST_F(Cells, OfAnOpenLoopAreTheSame) {
    auto lane = lane_for(lane_kind::open, 30);
    lane.rate = 500;
    run_until_just_idle(lane);
    EXPECT_GE(in(cell::just_idle), 5U);
    EXPECT_GE(in(cell::idle), 5U);
    EXPECT_GE(in(cell::waiting), 5U);
}

TEST_F(Cells, OfNewConnectionsAreTheAcceptQueue) {
    run({lane_for(lane_kind::fresh, 8)}, 1);
    EXPECT_EQ(in(cell::queued), 5U);
}

TEST_F(Cells, OfThoseWhoWaitAreWhereTheyWait) {
    run({lane_for(lane_kind::idle, 5), lane_for(lane_kind::silent, 5),
         lane_for(lane_kind::busy, 5, "/held"), lane_for(lane_kind::stream, 5, "/stream")},
        20, 10);
    EXPECT_EQ(in(cell::silent), 5U);
    EXPECT_EQ(in(cell::waiting), 5U);
    EXPECT_EQ(in(cell::streaming), 5U);
    EXPECT_EQ(in(cell::idle) + in(cell::just_idle), 5U);
}

TEST_F(Cells, OfHalfRequestsAreHalfway) {
    auto half_body = lane_for(lane_kind::half_body, 5);
    half_body.post = "/";
    auto slow_up = lane_for(lane_kind::slow_up, 5);
    slow_up.post = "/";
    slow_up.takes = std::chrono::milliseconds(100);
    run({lane_for(lane_kind::half_head, 5), half_body, slow_up}, 15);
    EXPECT_EQ(in(cell::half_head), 5U);
    EXPECT_EQ(in(cell::half_body), 10U);
    for (const auto& one : trial_.exchanges) {
        const bool was_half = one.at_signal == cell::half_head || one.at_signal == cell::half_body;
        if (was_half) {
            EXPECT_EQ(timing_of(one, trial_.marks[mark::signal_sent]), timing::in_flight);
            EXPECT_EQ(one.result, outcome::served_close) << to_string(one.result);
        }
    }
}

TEST_F(Cells, OfSlowReadersAreHalfABodyAndOneThatNobodyReads) {
    auto lane = lane_for(lane_kind::slow_down, 10, "/big");
    lane.takes = std::chrono::milliseconds(400);
    run({lane}, 10);
    EXPECT_EQ(in(cell::body_half), 5U);
    EXPECT_EQ(in(cell::body_unread), 5U);
}

TEST_F(Cells, OfPipeliningHaveASecondRequestBehindTheFirst) {
    run({lane_for(lane_kind::pipelined, 5)}, 5);
    EXPECT_EQ(in(cell::pipelined), 5U);
}

TEST_F(Cells, OfWebSocketsAreSessions) {
    auto plan = plan_for(server_->at());
    plan.lanes = {lane_for(lane_kind::websocket, 5)};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().connections == 5; }));
    one.withdraw_and_strike([] {}, {.fill_for = std::chrono::seconds(20)});
    server_->cut_all();
    ASSERT_TRUE(one.finish(soon()));
    one.take(trial_);
    EXPECT_EQ(in(cell::websocket), 5U);
    EXPECT_EQ(found_in(trial_), trial_.in_cell);
    EXPECT_GE(count(trial_, {}).all.of(outcome::ws_gone), 5U);
}

TEST_F(Cells, AreLeftUnfilledWhereTheTimeIsOver) {
    auto plan = plan_for(server_->at());
    // Answered at once and whole: nobody is ever within a stream.
    plan.lanes = {lane_for(lane_kind::silent, 3), lane_for(lane_kind::stream, 5, "/")};
    plan.lanes[0].ramp = {};
    constexpr std::chrono::milliseconds time{50};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(
        wait_for([&] { return one.counters().answered >= 5 && one.counters().connections >= 3; }));
    const auto asked = clock::now();
    const auto struck = one.strike([] {}, {.fill_for = time});
    EXPECT_GE(struck - asked, time) << "all of it, in the hope that they come";
    EXPECT_TRUE(one.wind_down(soon()));
    one.take(trial_);
    EXPECT_EQ(in(cell::streaming), 0U);
    EXPECT_EQ(in(cell::silent), 3U) << "who can be in place is";
}

}  // namespace
}  // namespace lastcall::drill
