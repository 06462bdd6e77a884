// What is particular to each kind of lane.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "drill/load/loads.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {
namespace {

constexpr std::int64_t millisecond = 1'000'000;

class Lane : public testing::Test {
protected:
    /// Runs `lane` until `enough`, and waits for what is due.
    void run(const lane_plan& lane, const std::function<bool(const load_counters&)>& enough) {
        plan_.target.at = server_.at();
        plan_.target.host = server_.at().text();
        plan_.lanes = {lane};
        load one(plan_, names_);
        one.start();
        ASSERT_TRUE(wait_for([&] { return enough(one.counters()); }));
        if (after_) {
            after_();
        }
        ASSERT_TRUE(one.wind_down(soon()));
        one.take(trial_);
    }

    static bool hundred_answered(const load_counters& seen) { return seen.answered >= 100; }

    faulty_server server_{fault::none};
    load_plan plan_;
    std::shared_ptr<name_pool> names_ = names();
    trial_record trial_;
    std::function<void()> after_;
};

TEST_F(Lane, EntersEachEffectOnceUnderItsOwnNumber) {
    auto lane = lane_for(lane_kind::pool, 4);
    lane.post = "/orders";
    lane.post_share = 0.5;
    lane.has_effect = true;
    plan_.effect_prefix = "t1-";
    run(lane, hundred_answered);
    std::set<std::string> asked;
    for (const auto& one : trial_.exchanges) {
        EXPECT_EQ(one.effect != 0, one.method == "POST");
        if (one.effect != 0) {
            asked.insert("{\"id\":\"t1-" + std::to_string(one.effect) + "\"}");
        }
    }
    const auto bodies = server_.bodies();
    EXPECT_GT(bodies.size(), 10U);
    EXPECT_EQ(asked, std::set<std::string>(bodies.begin(), bodies.end()));
    EXPECT_EQ(asked.size(), bodies.size());
}

TEST_F(Lane, KeepsWhoAnswered) {
    run(lane_for(lane_kind::pool, 2, "/named"), hundred_answered);
    for (const auto& one : trial_.exchanges) {
        EXPECT_EQ(one.instance, 1U);
    }
}

TEST_F(Lane, OfAFixedRateAsksAtEqualIntervals) {
    auto lane = lane_for(lane_kind::open, 4);
    lane.rate = 300;
    run(lane, hundred_answered);
    std::vector<std::int64_t> due;
    for (const auto& one : trial_.exchanges) {
        due.push_back(one.intended_ns);
        EXPECT_TRUE(one.sent_ns >= one.intended_ns || was_never_begun(one));
        EXPECT_LE(one.connection, 4U);
    }
    std::ranges::sort(due);
    for (std::size_t i = 1; i < due.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(due[i] - due[i - 1]), 1e9 / 300, 1.5);
    }
}

TEST_F(Lane, OfAFixedRateGoesOnWhileTheServerStandsStill) {
    auto lane = lane_for(lane_kind::open, 2, "/held");
    lane.rate = 200;
    after_ = [&] {
        const auto stuck_until = clock::now() + std::chrono::milliseconds(100);
        while (clock::now() < stuck_until) {
            std::this_thread::yield();
        }
        server_.release();
        EXPECT_TRUE(wait_for([&] { return server_.books()[outcome::ok] > 20; }));
    };
    run(lane, [](const load_counters& seen) { return seen.in_flight == 2; });
    // Those that were due while both connections were stuck count from when they were due.
    const auto waited = std::ranges::count_if(trial_.exchanges, [](const exchange& one) {
        return one.sent_ns != 0 && one.sent_ns - one.intended_ns > 20 * millisecond;
    });
    EXPECT_GE(waited, 10);
}

std::vector<std::int64_t> gaps_of(const trial_record& trial, std::size_t many) {
    std::vector<std::int64_t> due;
    for (const auto& one : trial.exchanges) {
        due.push_back(one.intended_ns);
    }
    std::ranges::sort(due);
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i <= many && i < due.size(); ++i) {
        gaps.push_back(due[i] - due[i - 1]);
    }
    return gaps;
}

TEST_F(Lane, OfRandomGapsRepeatsThemWithTheSameSeed) {
    auto lane = lane_for(lane_kind::open, 4);
    lane.rate = 500;
    lane.poisson = true;
    run(lane, hundred_answered);
    const auto first = gaps_of(trial_, 50);
    trial_ = {};
    run(lane, hundred_answered);
    EXPECT_EQ(gaps_of(trial_, 50), first);
    trial_ = {};
    plan_.seed = 2;
    run(lane, hundred_answered);
    EXPECT_NE(gaps_of(trial_, 50), first);
}

TEST_F(Lane, OfNewConnectionsUsesEachOnce) {
    auto lane = lane_for(lane_kind::fresh, 4);
    lane.rate = 400;
    run(lane, hundred_answered);
    std::set<std::uint32_t> connections;
    for (const auto& one : trial_.exchanges) {
        EXPECT_TRUE(was_never_begun(one) || connections.insert(one.connection).second);
        EXPECT_EQ(one.nth, 0U);
    }
    EXPECT_GE(connections.size(), 100U);
}

TEST_F(Lane, OfProbesMakesMarksAndNoExchanges) {
    auto lane = lane_for(lane_kind::probe, 1, "/ready");
    lane.every = std::chrono::milliseconds(5);
    plan_.target.at = server_.at();
    plan_.lanes = {lane};
    load one(plan_, names_);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().ready == 1; }));
    server_.become_ready(false);
    ASSERT_TRUE(wait_for([&] { return one.counters().ready == 0; }));
    server_.become_ready(true);  // once is no end
    ASSERT_TRUE(wait_for([&] { return one.counters().ready == 1; }));
    const auto struck = nanoseconds(one.withdraw_and_strike([&] { server_.become_ready(false); }));
    ASSERT_TRUE(wait_for([&] { return one.counters().ready == 0; }));
    EXPECT_TRUE(one.finish(soon()));
    one.take(trial_);
    EXPECT_TRUE(trial_.exchanges.empty());
    EXPECT_GT(trial_.marks[mark::not_ready], struck);
}

TEST_F(Lane, OfPipeliningMakesAnExchangeOfEachAnswer) {
    run(lane_for(lane_kind::pipelined, 2), hundred_answered);
    std::map<std::uint32_t, std::uint32_t> next;  // of each connection
    for (const auto& one : trial_.exchanges) {
        EXPECT_EQ(one.result, outcome::ok);
        EXPECT_EQ(one.nth, next[one.connection]++);
    }
    EXPECT_EQ(trial_.exchanges.size() % 3, 0U);
}

TEST(PipelinedLane, HoldsWhatFollowsAnAnnouncedEndForAllowed) {
    faulty_server server(fault::announced_close);  // every third
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::pipelined, 1)};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered >= 20; }));
    one.wind_down(soon());
    trial_record trial;
    one.take(trial);
    auto server_saw = server.books();
    const auto made = count(trial, {});
    // The third of each batch announces the end: nothing follows it.
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.all.of(outcome::served_close) + made.all.of(outcome::ok_then_reset),
              server_saw[outcome::served_close]);
    EXPECT_EQ(made.all.of(outcome::ok), server_saw[outcome::ok]);
}

TEST(PipelinedLane, IsToldThatTheRestWasNotProcessed) {
    faulty_server server(fault::none);
    server.announce_close();  // in each first answer
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::pipelined, 1)};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().answered >= 5; }));
    one.wind_down(soon());
    trial_record trial;
    one.take(trial);
    const auto made = count(trial, {});
    const auto answered = made.all.of(outcome::served_close) + made.all.of(outcome::ok_then_reset);
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.all.of(outcome::behind_close), 2 * answered);
}

TEST(StreamLane, IsCutWhereItsFramingDoesNotEnd) {
    faulty_server server(fault::none);
    auto plan = plan_for(server.at());
    plan.lanes = {lane_for(lane_kind::stream, 3, "/stream")};
    const auto pool = names();
    load one(plan, pool);
    one.start();
    ASSERT_TRUE(wait_for([&] { return one.counters().in_flight == 3; }));
    one.withdraw_and_strike([] {}, {.fill_for = std::chrono::seconds(20)});
    server.cut_all();
    server.release();
    ASSERT_TRUE(one.finish(soon()));
    trial_record trial;
    one.take(trial);
    EXPECT_EQ(count(trial, {}).all.of(outcome::cut_in_body, timing::in_flight), 3U);
}

}  // namespace
}  // namespace lastcall::drill
