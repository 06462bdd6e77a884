#include "drill/record/ruling.hpp"

#include <gtest/gtest.h>

#include "drill/support/record_builder.hpp"

namespace lastcall::drill {
namespace {

ruling ruled(record_builder& built, const exchange& one) {
    return judge_of_exchanges(built.trial(), built.run.expected).of(one);
}

TEST(Ruling, FollowsTheBlameOfTheClassWhereItDependsOnNothing) {
    record_builder built;
    for (const auto result : all_outcomes()) {
        const auto found = ruled(built, built.in_flight(result));
        switch (blame_of(result)) {
            case blame::none:
                EXPECT_EQ(found, ruling::fine) << to_string(result);
                break;
            case blame::legal:
                EXPECT_EQ(found, ruling::legal) << to_string(result);
                break;
            case blame::server:
                EXPECT_EQ(found, ruling::lost) << to_string(result);
                break;
            case blame::ambiguous:
                EXPECT_EQ(found, ruling::ambiguous) << to_string(result);
                break;
            case blame::ours:
                EXPECT_EQ(found, ruling::ours) << to_string(result);
                break;
            case blame::depends:
                break;
        }
    }
}

TEST(Ruling, OfARefusalIsExpectedOnlyBehindTheWithdrawalAndUnderABalancer) {
    record_builder built;
    built.set(mark::routes_withdrawn, 1000);
    auto early = built.on_new_connection(outcome::refused);
    auto late = early;
    early.opened_ns = at_ms(1000);
    late.opened_ns = at_ms(1000) + 1;
    EXPECT_EQ(ruled(built, early), ruling::lost);
    EXPECT_EQ(ruled(built, late), ruling::lost);
    built.run.expected.judge_by = policy::lb;
    EXPECT_EQ(ruled(built, early), ruling::lost);
    EXPECT_EQ(ruled(built, late), ruling::expected);
    built.clear(mark::routes_withdrawn);
    EXPECT_EQ(ruled(built, late), ruling::lost);
}

TEST(Ruling, OfA503IsExpectedOnlyAfterTheSignalAndWhereSheddingIsFine) {
    record_builder built;
    const auto after = built.in_flight(outcome::shed_503);
    auto before = built.answered(-1000, 5);
    before.result = outcome::shed_503;
    EXPECT_EQ(ruled(built, after), ruling::lost);
    built.run.expected.shedding_is_fine = true;
    EXPECT_EQ(ruled(built, after), ruling::expected);
    EXPECT_EQ(ruled(built, before), ruling::lost);
}

TEST(Ruling, OfA503WithoutAWordIsAsOfOneThatSaysWhenToComeBack) {
    record_builder built;
    auto one = built.in_flight(outcome::error_5xx);
    one.status = 503;
    EXPECT_EQ(ruled(built, one), ruling::lost);
    built.run.expected.shedding_is_fine = true;
    EXPECT_EQ(ruled(built, one), ruling::expected);
    one.status = 500;
    EXPECT_EQ(ruled(built, one), ruling::lost);
}

TEST(Ruling, OfALossIsExpectedBehindASecondSignalThatForces) {
    record_builder built;
    built.set(mark::second_signal, 100);
    built.run.expected.second_signal = "forces";
    auto one = built.in_flight(outcome::reset_before_response);  // over 150 ms after the signal
    EXPECT_EQ(ruled(built, one), ruling::expected);
    one.end_ns = at_ms(99);
    EXPECT_EQ(ruled(built, one), ruling::lost);
    built.run.expected.second_signal = "ignored";
    one.end_ns = at_ms(150);
    EXPECT_EQ(ruled(built, one), ruling::lost);
}

TEST(Ruling, OfAClientErrorIsFineWhereTheLaneHadItBefore) {
    record_builder built;
    auto usual = built.answered(-1000, 5);
    usual.result = outcome::error_4xx;
    usual.status = 404;
    auto now = built.in_flight(outcome::error_4xx);
    now.status = 404;
    EXPECT_EQ(ruled(built, now), ruling::lost);
    built.add(usual);
    EXPECT_EQ(ruled(built, now), ruling::fine);
    EXPECT_EQ(ruled(built, usual), ruling::fine);
    now.status = 403;
    EXPECT_EQ(ruled(built, now), ruling::lost);
    now.status = 404;
    now.lane = "fresh";
    EXPECT_EQ(ruled(built, now), ruling::lost);
}

TEST(Ruling, HasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < ruling_count; ++i) {
        names.insert(to_string(static_cast<ruling>(i)));
    }
    EXPECT_EQ(names.size(), ruling_count);
}

}  // namespace
}  // namespace lastcall::drill
