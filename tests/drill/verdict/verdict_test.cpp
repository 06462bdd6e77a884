#include "drill/verdict/verdict.hpp"

#include <gtest/gtest.h>

#include "drill/support/record_builder.hpp"
#include "drill/support/verdict_words.hpp"

namespace lastcall::drill {
namespace {

TEST(Verdict, OfAGoodRunPassesEverythingThatIsAsked) {
    const record_builder good;
    const auto made = judge(good.run);
    EXPECT_EQ(made.overall, standing::pass);
    EXPECT_EQ(made.exit_status(), 0);
    EXPECT_EQ(made.criteria.size(), 19U);
    EXPECT_EQ(ids(made, standing::pass), "V01 V02 V03 V04 V06 V07 V08 V10 V11 V12 V14 V17");
    EXPECT_EQ(ids(made, standing::not_asked), "V05 V09 V13 V15 V16 V18 V19");
    EXPECT_TRUE(made.inconclusive_because.empty());
    EXPECT_EQ(made.of("V04").measured,
              "0 of 26 (95 %: below 10.9 %) in flight or sent afterwards on an open connection");
    EXPECT_EQ(made.of("V01").measured, "600 ms of 30.00 s");
    for (const auto& one : made.criteria) {
        EXPECT_EQ(one.fix, "") << one.id;
        EXPECT_NE(one.title, "") << one.id;
    }
    EXPECT_THROW(static_cast<void>(made.of("V20")), std::out_of_range);
}

TEST(Verdict, OfNoStopIsInconclusive) {
    const auto made = judge(run_record{});
    EXPECT_EQ(made.overall, standing::inconclusive);
    EXPECT_EQ(made.criteria.size(), 19U);
}

TEST(Verdict, OfACrashCountsWhatIsLostAndPasses) {
    record_builder built;
    built.run.sequence = "crash";
    built.trial().exit = {true, 0, 9, false, true, 0, 0};
    built.set(mark::killed, 0);
    built.clear(mark::not_ready);
    add_times(built, 7, built.in_flight(outcome::cut_in_body));
    const auto made = judge(built.run);
    EXPECT_EQ(made.overall, standing::warn);
    EXPECT_EQ(made.exit_status(), 0);
    EXPECT_EQ(ids(made, standing::warn), "V04 V06");
    EXPECT_EQ(ids(made, standing::pass), "V07");
    EXPECT_NE(made.of("V04").why.find("a control run"), std::string::npos);
    EXPECT_NE(made.of("V04").measured.find("7 of 33"), std::string::npos);
}

TEST(Verdict, TellsLossesInFlightFromThoseSentAfterwards) {
    record_builder built;
    add_times(built, 2, built.in_flight(outcome::reset_before_response));
    auto later = built.in_flight(outcome::reset_before_response);
    later.sent_ns = at_ms(30);
    built.add(later);
    const auto found = judge(built.run).of("V04");
    EXPECT_NE(found.measured.find("3 of 29"), std::string::npos) << found.measured;
    EXPECT_NE(found.measured.find("2 in flight at the signal, 1 sent afterwards"),
              std::string::npos)
        << found.measured;
}

TEST(Verdict, NamesTruncatedSuccessesAndWhatIsMissing) {
    record_builder built;
    auto one = built.in_flight(outcome::cut_in_body);
    one.status = 200;
    one.missing = 4096;
    built.add(one);
    const auto made = judge(built.run);
    EXPECT_NE(
        made.of("V06").measured.find("1 of them under a status of success, 4096 bytes missing"),
        std::string::npos)
        << made.of("V06").measured;
}

TEST(Verdict, CountsWhatBecameOfEachState) {
    record_builder built;
    auto lost = built.in_flight(outcome::accept_dropped);
    lost.at_signal = cell::queued;
    lost.nth = 0;
    built.add(lost);
    const auto made = judge(built.run);
    EXPECT_EQ(made.cells.size(), cell_count - 1);
    const auto& queued = *std::ranges::find(made.cells, cell::queued, &cell_result::where);
    EXPECT_TRUE(queued.is_reachable);
    EXPECT_EQ(queued.seen, 6U);
    EXPECT_EQ(queued.wanted, 5U);
    EXPECT_EQ(queued.lost, 1U);
    EXPECT_EQ(queued.outcomes[static_cast<std::size_t>(outcome::served_close)], 6U);
    EXPECT_NEAR(queued.upper_bound, 0.5207, 1e-4);  // 1 of 7
    const auto& idle = *std::ranges::find(made.cells, cell::idle, &cell_result::where);
    EXPECT_EQ(idle.quiet_ends[static_cast<std::size_t>(quiet_end::fin)], 6U);
}

TEST(Verdict, ComparesWithTheBaseline) {
    const record_builder good;
    record_builder slow;
    slow.set(mark::exited, 1300);
    slow.set(mark::bindable, 1301);
    EXPECT_EQ(judge(good.run, &good.run).of("V19").how, standing::pass);
    EXPECT_EQ(judge(good.run, &slow.run).of("V19").how, standing::pass);
    const auto made = judge(slow.run, &good.run);
    EXPECT_EQ(ids(made, standing::fail), "V19");
    EXPECT_EQ(made.of("V19").why, "exit: 600 ms, now 1.30 s");
    record_builder doubtful_one;
    doubtful_one.trial().generator.troubles = {"clock stepped"};
    EXPECT_EQ(judge(good.run, &doubtful_one.run).of("V19").how, standing::inconclusive);
}

TEST(Verdict, IsTheSameTwice) {
    record_builder built;
    built.add(built.in_flight(outcome::cut_in_body));
    const auto a = judge(built.run);
    const auto b = judge(built.run);
    for (std::size_t i = 0; i < a.criteria.size(); ++i) {
        EXPECT_EQ(a.criteria[i].measured, b.criteria[i].measured);
        EXPECT_EQ(a.criteria[i].why, b.criteria[i].why);
        EXPECT_EQ(a.criteria[i].fix, b.criteria[i].fix);
    }
}

}  // namespace
}  // namespace lastcall::drill
