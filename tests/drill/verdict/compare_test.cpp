#include "drill/verdict/compare.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

run_summary good() {
    run_summary made;
    made.overall = standing::pass;
    made.criteria = {{"V01", "exits", standing::pass, "600 ms of 30 s", "", ""},
                     {"V11", "announces", standing::pass, "", "", ""},
                     {"V13", "ends", standing::not_asked, "", "", ""}};
    made.at_risk = 1000;
    made.exit_ms = 600;
    made.last_response_ms = 300;
    made.latency_p99_ms = 5;
    return made;
}

TEST(Compare, FindsNothingBetweenARunAndItself) {
    const auto made = compare(good(), good());
    EXPECT_TRUE(made.worse.empty());
    EXPECT_TRUE(made.better.empty());
    EXPECT_EQ(made.same.size(), 4U);
    EXPECT_EQ(made.exit_status(), 0);
}

TEST(Compare, CallsLossesWorseOnlyBeyondChance) {
    auto before = good();
    auto after = good();
    before.lost = 10;
    after.lost = 15;
    EXPECT_EQ(compare(before, after).exit_status(), 0);
    after.lost = 40;
    auto made = compare(before, after);
    ASSERT_EQ(made.worse.size(), 1U);
    EXPECT_EQ(made.worse[0],
              "losses: 10 of 1000 (95 %: below 1.70 %), now 40 of 1000 (95 %: below 5.18 %)");
    EXPECT_EQ(made.exit_status(), 3);
    made = compare(after, before);
    EXPECT_EQ(made.better.size(), 1U);
    EXPECT_EQ(made.exit_status(), 0);
}

TEST(Compare, CallsADurationWorseWhenItIsAFifthAnd50MsLonger) {
    const auto worse_with = [](double before_ms, double after_ms) {
        auto before = good();
        auto after = good();
        before.exit_ms = before_ms;
        after.exit_ms = after_ms;
        return compare(before, after).worse;
    };
    EXPECT_TRUE(worse_with(600, 720).empty());
    EXPECT_EQ(worse_with(600, 721), (std::vector<std::string>{"exit: 600 ms, now 721 ms"}));
    EXPECT_TRUE(worse_with(10, 60).empty());
    EXPECT_EQ(worse_with(10, 61).size(), 1U);
    EXPECT_TRUE(worse_with(721, 600).empty());
    EXPECT_TRUE(worse_with(0, 600).empty());
    EXPECT_TRUE(worse_with(600, 0).empty());
}

TEST(Compare, NamesTheCriteriaThatChanged) {
    auto after = good();
    after.criteria[0].how = standing::fail;
    after.criteria[0].measured = "31 s of 30 s";
    after.criteria[1].how = standing::warn;
    after.criteria[2].how = standing::fail;
    auto made = compare(good(), after);
    EXPECT_EQ(made.worse, (std::vector<std::string>{"V01 exits: pass, now fail (31 s of 30 s)"}));
    EXPECT_TRUE(made.better.empty());
    EXPECT_EQ(made.same.size(), 5U);
    made = compare(after, good());
    EXPECT_EQ(made.better,
              (std::vector<std::string>{"V01 exits: fail, now pass (600 ms of 30 s)"}));
    EXPECT_EQ(made.exit_status(), 0);
}

TEST(Compare, OfAnInconclusiveRunIsNoPass) {
    auto doubtful = good();
    doubtful.overall = standing::inconclusive;
    EXPECT_EQ(compare(good(), doubtful).exit_status(), 4);
    EXPECT_EQ(compare(doubtful, good()).exit_status(), 4);
    doubtful.exit_ms = 6000;
    EXPECT_EQ(compare(good(), doubtful).exit_status(), 3);
}

TEST(Compare, RemarksWhatIsNotTheSameAndComparesNoLatencyOfAnotherLoad) {
    run_summary before;
    before.overall = standing::pass;
    before.latency_p99_ms = 5;
    before.lanes = {"pool 40"};
    before.grace_ms = 5000;
    auto after = before;
    after.latency_p99_ms = 500;
    EXPECT_EQ(compare(before, after).worse.size(), 1U);
    after.lanes = {"busy 10", "pool 40"};
    after.grace_ms = 30'000;
    const auto made = compare(before, after);
    EXPECT_TRUE(made.worse.empty()) << made.worse.front();
    ASSERT_EQ(made.remarks.size(), 2U);
    EXPECT_NE(made.remarks[0].find("now busy 10"), std::string::npos) << made.remarks[0];
    EXPECT_NE(made.remarks[1].find("30.00 s"), std::string::npos) << made.remarks[1];
}

}  // namespace
}  // namespace lastcall::drill
