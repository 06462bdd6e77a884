#include "drill/record/tally.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

constexpr std::int64_t signal_at = 1000;

exchange one(outcome result, std::int64_t opened, std::int64_t sent, std::int64_t end) {
    exchange made;
    made.lane = "fresh";
    made.method = "GET";
    made.result = result;
    made.opened_ns = opened;
    made.sent_ns = sent;
    made.end_ns = end;
    made.status = 200;
    return made;
}

TEST(Timing, IsDecidedByTheSignal) {
    EXPECT_EQ(timing_of(one(outcome::ok, 1, 2, 900), signal_at), timing::before);
    EXPECT_EQ(timing_of(one(outcome::ok, 1, 1000, 1001), signal_at), timing::in_flight);
    EXPECT_EQ(timing_of(one(outcome::ok, 1, 1001, 1002), signal_at), timing::after);
    EXPECT_EQ(timing_of(one(outcome::not_sent_closed, 1, 0, 1002), signal_at), timing::after);
    EXPECT_EQ(timing_of(one(outcome::ok, 1, 1001, 1002), 0), timing::before);
}

trial_record trial_of(std::vector<exchange> exchanges, std::int64_t withdrawn = 0) {
    trial_record made;
    made.marks.set(mark::signal_sent, signal_at);
    made.marks.set(mark::routes_withdrawn, withdrawn);
    made.exchanges = std::move(exchanges);
    return made;
}

ruling ruled(const exchange& what, policy judge_by, std::int64_t withdrawn = signal_at) {
    expectations expected;
    expected.judge_by = judge_by;
    return judge_of_exchanges(trial_of({what}, withdrawn), expected).of(what);
}

TEST(Loss, CountsARefusalOnlyWhereTheRouteWasStillThere) {
    const auto early = one(outcome::refused, 999, 0, 1001);
    const auto late = one(outcome::refused, 1001, 0, 1002);
    EXPECT_EQ(ruled(early, policy::lb), ruling::lost);
    EXPECT_EQ(ruled(late, policy::lb), ruling::expected);
    EXPECT_EQ(ruled(late, policy::strict), ruling::lost);
    EXPECT_EQ(ruled(late, policy::lb, 0), ruling::lost);
}

TEST(Loss, CountsWhateverHasNoAnswerOnAConnectionThatExists) {
    for (const auto result :
         {outcome::reset_before_response, outcome::closed_before_response, outcome::accept_dropped,
          outcome::cut_in_head, outcome::cut_in_body, outcome::cut_tls, outcome::hung_first,
          outcome::hung_body, outcome::malformed, outcome::error_5xx, outcome::ws_closed_other,
          outcome::ws_gone, outcome::h2_lost, outcome::h2_no_goaway}) {
        EXPECT_EQ(ruled(one(result, 1, 2000, 3000), policy::lb), ruling::lost) << to_string(result);
    }
    for (const auto result :
         {outcome::ok, outcome::served_close, outcome::ws_going_away, outcome::not_sent_closed,
          outcome::idle_race, outcome::h2_unprocessed, outcome::ended_by_us}) {
        EXPECT_NE(ruled(one(result, 1, 2000, 3000), policy::lb), ruling::lost) << to_string(result);
    }
}

TEST(Tally, AddsUp) {
    auto trial = trial_of({
        one(outcome::ok, 1, 2, 3),
        one(outcome::ok, 1, 990, 1500),
        one(outcome::served_close, 1, 1100, 1600),
        one(outcome::cut_in_body, 1, 1100, 1700),
        one(outcome::not_sent_closed, 1, 0, 1800),
        one(outcome::ended_by_us, 1, 1100, 1900),
    });
    exchange session = one(outcome::ws_going_away, 1, 5, 1650);
    session.lane = "websocket";
    session.status = 101;
    trial.exchanges.push_back(session);
    trial.connections = {{"idle", 1, 1, 1, 900, quiet_end::fin},
                         {"idle", 2, 1, 1, 1100, quiet_end::fin},
                         {"idle", 3, 1, 1, 1100, quiet_end::reset},
                         {"idle", 4, 1, 1, 1100, quiet_end::by_us}};
    const auto made = count(trial, {});
    EXPECT_EQ(made.all.total(), 7U);
    EXPECT_EQ(made.all.of(outcome::ok), 2U);
    EXPECT_EQ(made.all.of(timing::in_flight), 2U);
    EXPECT_EQ(made.all.of(outcome::cut_in_body, timing::after), 1U);
    EXPECT_EQ(made.lost, 1U);
    EXPECT_EQ(made.lost_at_risk, 1U);
    EXPECT_EQ(made.unknown, 1U);
    EXPECT_EQ(made.at_risk, 4U) << "what the drill ended itself is not";
    EXPECT_EQ(made.last_response_ns, 1600);
    EXPECT_EQ(made.last_any_ns, 1650);
    EXPECT_EQ(made.quiet_fin, 1U);
    EXPECT_EQ(made.quiet_reset, 1U);
    ASSERT_EQ(made.lanes.size(), 2U);
    EXPECT_EQ(made.lanes[0].lane, "fresh");
    EXPECT_EQ(made.lanes[0].lost, 1U);
    EXPECT_EQ(made.lanes[1].by_outcome.total(), 1U);
}

TEST(UpperBound, IsAboutThreeOverN) {
    EXPECT_EQ(upper_bound_95(0), 1.0);
    EXPECT_NEAR(upper_bound_95(1), 0.95, 1e-12);
    EXPECT_NEAR(upper_bound_95(1000) * 1000, 3.0, 0.01);
}

TEST(Quantile, LiesBetweenItsNeighbours) {
    EXPECT_EQ(quantile({}, 0.5), 0);
    EXPECT_EQ(quantile({7}, 0.99), 7);
    EXPECT_EQ(quantile({1, 2, 3, 4}, 0.5), 2.5);
    EXPECT_EQ(quantile({1, 2, 3}, 1), 3);
}

}  // namespace
}  // namespace lastcall::drill
