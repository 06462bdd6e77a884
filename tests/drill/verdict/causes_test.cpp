// Why something was lost: the cause has to be the true one, and nothing is blamed on the stop
// that was so before.
#include <gtest/gtest.h>

#include "drill/support/record_builder.hpp"
#include "drill/support/verdict_words.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {
namespace {

bool says(const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
}

/// It did not end, and took SIGKILL after five seconds.
record_builder killed() {
    record_builder built;
    built.run.expected.grace = std::chrono::seconds(5);
    built.set(mark::killed, 5000);
    built.set(mark::exited, 5001);
    built.set(mark::bindable, 5002);
    built.trial().exit = {true, 0, 9, false, true, 0, 0};
    return built;
}

TEST(Cause, OfALossAtTheEndOfTheGraceIsTheSigkill) {
    auto built = killed();
    auto one = built.answered(100, 4901);
    one.result = outcome::reset_before_response;
    add_times(built, 3, one);
    const auto made = judge(built.run);
    EXPECT_TRUE(says(made.of("V04").why, "3 of them ended by the SIGKILL")) << made.of("V04").why;
    EXPECT_TRUE(says(made.of("V04").fix, "SIGKILL")) << made.of("V04").fix;
    EXPECT_FALSE(says(made.of("V04").fix, "read and dropped")) << made.of("V04").fix;
}

TEST(Cause, OfALossByADeathIsTheMissingHandler) {
    record_builder built;
    built.run.sequence = "reload";
    built.run.signal = "SIGHUP";
    built.run.expected.ends = false;
    built.set(mark::exited, 150);
    built.trial().exit = {true, 0, 1, false, false, 0, 0};
    add_times(built, 3, built.in_flight(outcome::reset_before_response));
    const auto made = judge(built.run);
    EXPECT_TRUE(says(made.of("V04").fix, "handle SIGHUP")) << made.of("V04").fix;
}

TEST(Cause, IsNamedWhereConnectionsThatNeverSentARequestHoldItUp) {
    auto built = killed();
    for (std::uint32_t i = 0; i < 5; ++i) {
        built.trial().connections.push_back(
            {"silent", 900 + i, 0, at_ms(-2000), at_ms(5001), quiet_end::reset, cell::silent});
    }
    const auto made = judge(built.run);
    EXPECT_EQ(made.of("V12").how, standing::fail);
    EXPECT_TRUE(says(made.of("V12").why, "never sent a request")) << made.of("V12").why;
    EXPECT_TRUE(says(made.of("V01").why, "5 connections that never sent a request"))
        << made.of("V01").why;
}

TEST(Cause, SilentConnectionsThatOnlyStayForLongAreAWarning) {
    record_builder built;
    built.run.expected.idle_closed_within = std::chrono::milliseconds(500);
    built.trial().connections.push_back(
        {"silent", 900, 0, at_ms(-2000), at_ms(580), quiet_end::fin, cell::silent});
    EXPECT_EQ(judge(built.run).of("V12").how, standing::warn);
}

/// Sent long before the signal, and not one byte of an answer since.
exchange starved(record_builder& built, const char* lane) {
    auto one = built.answered(-2900, 9000);
    one.lane = lane;
    one.first_byte_ns = 0;
    one.status = 0;
    one.bytes = 0;
    one.result = outcome::hung_first;
    return one;
}

TEST(Baseline, LaneThatStoodStillBeforeTheSignalIsNotBlamedOnTheStop) {
    record_builder built;
    add_times(built, 10, starved(built, "pipelined"));
    const auto made = judge(built.run);
    EXPECT_EQ(ids(made, standing::fail), "");
    EXPECT_EQ(made.overall, standing::inconclusive);
    EXPECT_TRUE(says(made.inconclusive_because.front(), "in the lane pipelined"))
        << made.inconclusive_because.front();
    EXPECT_EQ(made.totals.lost_at_risk, 0U);
    EXPECT_EQ(made.totals.lost_before, 10U);
}

TEST(Baseline, StandingStillOfAllLanesGoesForThoseThatWereHeldToo) {
    record_builder built;
    built.trial().exchanges.clear();
    add_times(built, 10, starved(built, "pool"));
    auto half = built.in_flight(outcome::reset_before_response);
    half.lane = "half_head";
    half.at_signal = cell::half_head;
    add_times(built, 5, half);
    const auto made = judge(built.run);
    EXPECT_EQ(made.of("V04").how, standing::not_asked) << made.of("V04").measured;
    EXPECT_EQ(made.overall, standing::inconclusive);
}

TEST(Baseline, SlowLaneThatIsAnsweredIsNotCalledStill) {
    record_builder built;
    auto lost = starved(built, "busy");
    lost.result = outcome::reset_before_response;
    built.add(lost);
    auto answered = built.answered(-2900, 2500);
    answered.lane = "busy";
    built.add(answered);
    const auto made = judge(built.run);
    EXPECT_EQ(made.of("V04").how, standing::fail);
}

TEST(Effects, OfWhichNotOneIsListedMakeTheListDoubtful) {
    record_builder built;
    effect_ledger ledger;
    ledger.asked = ledger.acknowledged = 585;
    for (std::uint64_t i = 1; i <= 585; ++i) {
        ledger.lost.push_back(i);
    }
    built.trial().effects = ledger;
    auto made = judge(built.run);
    EXPECT_EQ(made.of("V15").how, standing::inconclusive);
    EXPECT_EQ(made.overall, standing::inconclusive);
    built.trial().effects->found = 1;
    made = judge(built.run);
    EXPECT_EQ(made.of("V15").how, standing::fail);
}

TEST(Answers, OfAnotherKindAreWarnedOf) {
    for (const std::uint64_t body : {0U, 10U, 100U, 1000U}) {
        record_builder built;
        for (auto& one : built.trial().exchanges) {
            one.body = 100;
        }
        auto other = built.answered(20, 5);
        other.body = body;
        built.add(other);
        EXPECT_EQ(judge(built.run).of("V06").how, body == 100 ? standing::pass : standing::warn)
            << body;
    }
}

TEST(Routes, ThatAreWithdrawnAtTheSignalAreSaidToLeaveNobodyWhoConnects) {
    record_builder built;
    const auto made = judge(built.run);
    EXPECT_TRUE(says(made.of("V05").measured, "nobody made connections after the signal"))
        << made.of("V05").measured;
    built.set(mark::routes_withdrawn, 2000);
    EXPECT_FALSE(says(judge(built.run).of("V05").measured, "nobody made connections"));
}

TEST(Routes, OfKubernetesWithoutALagAreWarnedOf) {
    record_builder built;
    built.make_kubernetes(100);
    built.set(mark::routes_withdrawn, -100);
    const auto made = judge(built.run);
    EXPECT_EQ(made.of("V09").how, standing::warn);
    EXPECT_TRUE(says(made.of("V09").fix, "--route-lag"));
}

TEST(Numbers, OfWhatIsAtRiskAreTheSameEverywhere) {
    record_builder built;
    built.add(built.on_new_connection(outcome::refused));
    auto unsent = built.in_flight(outcome::not_sent_closed);
    unsent.sent_ns = 0;
    built.add(unsent);
    built.add(built.in_flight(outcome::ended_by_us));
    const auto made = judge(built.run);
    const auto of = " of " + std::to_string(made.totals.at_risk) + " ";
    EXPECT_TRUE(says(made.of("V06").measured, of.c_str())) << made.of("V06").measured << of;
    EXPECT_TRUE(says(made.of("V07").measured, of.c_str())) << made.of("V07").measured << of;
}

}  // namespace
}  // namespace lastcall::drill
