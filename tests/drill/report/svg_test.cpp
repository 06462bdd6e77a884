#include <gtest/gtest.h>

#include <algorithm>

#include "drill/report/budget.hpp"
#include "drill/report/figures.hpp"
#include "drill/report/lane_rows.hpp"
#include "drill/report/svg_marks.hpp"
#include "drill/report/time_scale.hpp"
#include "drill/support/sample_runs.hpp"
#include "drill/support/scene.hpp"

namespace lastcall::drill {
namespace {

using samples::ms;
using samples::signal_at;

exchange request(std::uint32_t connection, std::int64_t sent, std::int64_t end,
                 outcome result = outcome::ok) {
    exchange made;
    made.lane = "pool";
    made.connection = connection;
    made.opened_ns = made.sent_ns = sent;
    made.end_ns = end;
    made.status = 200;
    made.result = result;
    return made;
}

TEST(TimeScale, GoesFromOneEdgeToTheOther) {
    const time_scale scale(1000, 2000, 1500);
    EXPECT_EQ(scale.at(1000), 0);
    EXPECT_EQ(scale.at(1500), 0.5);
    EXPECT_EQ(scale.at(2000), 1);
    EXPECT_EQ(scale.at(0), 0);
    EXPECT_EQ(scale.at(9000), 1);
}

TEST(TimeScale, CutsALongStretchWithoutEvents) {
    const time_scale scale(0, 30'000 * ms, 0, {0, 100 * ms, 400 * ms, 30'000 * ms});
    ASSERT_TRUE(scale.left_out());
    EXPECT_GT(scale.left_out()->begin_ns, 400 * ms);
    EXPECT_LT(scale.left_out()->end_ns, 30'000 * ms);
    EXPECT_GT(scale.at(400 * ms), 0.5);
    EXPECT_LT(scale.at(400 * ms), scale.at(29'999 * ms));
    EXPECT_EQ(scale.at(30'000 * ms), 1);
    double last = -1;
    for (std::int64_t at = 0; at <= 30'000 * ms; at += 10 * ms) {
        EXPECT_GE(scale.at(at), last);
        last = scale.at(at);
    }
}

TEST(TimeScale, CutsNothingWhereEventsAreEverywhere) {
    std::vector<std::int64_t> events;
    for (std::int64_t at = 0; at < 30'000; at += 50) {
        events.push_back(at * ms);
    }
    EXPECT_FALSE(time_scale(0, 30'000 * ms, 0, events).left_out());
}

TEST(TimeScale, HasTicksOnRoundTimesFromTheSignalOn) {
    const auto ticks = time_scale(-250 * ms, 430 * ms, 0).ticks();
    ASSERT_EQ(ticks.size(), 7U);
    EXPECT_EQ(ticks.front().text, "−200 ms");
    EXPECT_EQ(ticks[2].text, "0");
    EXPECT_EQ(ticks.back().text, "+400 ms");
}

TEST(TimeScale, HasTicksOnBothSidesOfACut) {
    const time_scale scale(0, 3'600'000 * ms, 0, {0, 400 * ms, 3'600'000 * ms});
    ASSERT_TRUE(scale.left_out());
    const auto ticks = scale.ticks();
    EXPECT_LT(ticks.size(), 20U);
    EXPECT_EQ(ticks.front().text, "0");
    EXPECT_EQ(ticks.back().text, "+3600 s");
}

void expect_no_overlap(const std::vector<mark_label>& labels, int width) {
    for (const auto& a : labels) {
        const auto length = static_cast<double>(columns(a.text)) * 6.4 / width;
        EXPECT_GE(a.is_before ? a.at - length : a.at, 0) << a.text;
        EXPECT_LE(a.is_before ? a.at : a.at + length, 1) << a.text;
        for (const auto& b : labels) {
            if (&a == &b || a.level != b.level) {
                continue;
            }
            const auto other = static_cast<double>(columns(b.text)) * 6.4 / width;
            const double a_begin = a.is_before ? a.at - length : a.at;
            const double b_begin = b.is_before ? b.at - other : b.at;
            EXPECT_FALSE(a_begin < b_begin + other && b_begin < a_begin + length)
                << a.text << " and " << b.text;
        }
    }
}

TEST(MarkLabels, NeverOverlap) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        samples::dice roll(seed);
        trial_record trial;
        for (std::size_t i = 0; i < mark_count; ++i) {
            trial.marks.set(static_cast<mark>(i), signal_at + roll.between(0, 400) * ms);
        }
        trial.marks.set(mark::signal_sent, signal_at + 20 * ms);
        const auto scale = scale_of(trial);
        const auto labels = place_marks(trial, "SIGTERM", scale, 620);
        EXPECT_GT(labels.size(), 5U);
        expect_no_overlap(labels, 620);
    }
}

TEST(MarkLabels, AreAllThereInTheSamples) {
    for (const auto& run : {samples::graceful(), samples::failing(), samples::kubernetes()}) {
        const auto& trial = run.trials.front();
        const auto labels = place_marks(trial, "SIGTERM", scale_of(trial), 620);
        expect_no_overlap(labels, 620);
        EXPECT_TRUE(std::ranges::any_of(
            labels, [](const mark_label& one) { return one.text == "SIGTERM"; }));
        EXPECT_TRUE(std::ranges::is_sorted(labels, {}, &mark_label::at));
    }
}

TEST(Rows, AreReusedByConnectionsThatComeLater) {
    trial_record trial;
    trial.exchanges = {request(1, 10, 20), request(2, 15, 30), request(3, 25, 40)};
    const auto lanes = rows_of(trial, {}, 0, 60);
    ASSERT_EQ(lanes.size(), 1U);
    EXPECT_EQ(lanes[0].connections, 3U);
    ASSERT_EQ(lanes[0].rows.size(), 2U);
    EXPECT_EQ(lanes[0].rows[0].bars.size(), 2U);
}

TEST(Rows, GiveStreamsThatOverlapOnesOfTheirOwn) {
    trial_record trial;
    trial.exchanges = {request(1, 10, 50), request(1, 20, 60), request(1, 55, 70)};
    const auto lanes = rows_of(trial, {}, 0, 60);
    ASSERT_EQ(lanes[0].rows.size(), 2U);
    EXPECT_EQ(lanes[0].connections, 1U);
    EXPECT_EQ(lanes[0].rows[0].bars.size() + lanes[0].rows[1].bars.size(), 3U);
}

TEST(Rows, LayTheMessagesOfAWebSocketOnItsSession) {
    trial_record trial;
    auto session = request(1, 10, 500);
    session.status = 101;
    trial.exchanges = {request(1, 20, 30), request(1, 40, 50), session};
    const auto lanes = rows_of(trial, {}, 0, 60);
    ASSERT_EQ(lanes[0].rows.size(), 1U);
    EXPECT_EQ(lanes[0].rows[0].bars.size(), 3U);
}

TEST(Rows, ChooseThoseWithLossesFirst) {
    trial_record trial;
    trial.marks.set(mark::signal_sent, 50);
    for (std::uint32_t i = 1; i <= 1000; ++i) {
        const auto result = i % 100 == 0 ? outcome::cut_in_body : outcome::ok;
        trial.exchanges.push_back(request(i, 10, 100, result));
    }
    const auto lanes = rows_of(trial, {}, 0, 40);
    EXPECT_EQ(lanes[0].rows.size(), 40U);
    EXPECT_EQ(lanes[0].rows_in_all, 1000U);
    EXPECT_EQ(lanes[0].lost, 10U);
    EXPECT_EQ(lanes[0].bad_hidden, 0U);
    EXPECT_EQ(
        std::ranges::count_if(lanes[0].rows, [](const lane_row& row) { return row.bad != 0; }), 10);
    const auto few = rows_of(trial, {}, 0, 4);
    EXPECT_EQ(few[0].rows.size(), 4U);
    EXPECT_EQ(few[0].bad_hidden, 6U);
}

TEST(Rows, ShowConnectionsWithoutARequest) {
    const auto run = samples::graceful();
    const auto& trial = run.trials.front();
    const auto lanes = rows_of(trial, run.expected, signal_at, 60);
    const auto silent = std::ranges::find(lanes, "silent", &lane_rows::lane);
    ASSERT_NE(silent, lanes.end());
    EXPECT_EQ(silent->rows.size(), 5U);
    EXPECT_TRUE(silent->rows.front().bars.empty());
    EXPECT_EQ(silent->rows.front().lives.size(), 1U);
}

void expect_whole(const budget& made) {
    ASSERT_FALSE(made.phases.empty());
    EXPECT_EQ(made.phases.front().begin_ns, made.begin_ns);
    EXPECT_EQ(made.phases.back().end_ns, made.end_ns());
    for (std::size_t i = 0; i < made.phases.size(); ++i) {
        EXPECT_GT(made.phases[i].length_ns(), 0);
        if (i != 0) {
            EXPECT_EQ(made.phases[i].begin_ns, made.phases[i - 1].end_ns);
        }
    }
}

TEST(Budget, GoesFromTheDeleteToTheEndOfTheGraceWithoutGaps) {
    const auto run = samples::kubernetes();
    const auto made = budget_of(run.trials.front(), run.expected);
    expect_whole(made);
    EXPECT_EQ(made.begin_ns, signal_at - 5000 * ms);
    EXPECT_EQ(made.end_ns(), signal_at + 25'000 * ms);
    EXPECT_EQ(made.used_ns(), 5412 * ms);
    const auto lame_duck =
        std::ranges::find(made.phases, budget_phase::kind::lame_duck, &budget_phase::what);
    ASSERT_NE(lame_duck, made.phases.end());
    EXPECT_EQ(lame_duck->length_ns(), 85 * ms);
}

TEST(Budget, HasNothingUnusedAfterAKill) {
    const auto run = samples::failing();
    const auto made = budget_of(run.trials.front(), run.expected);
    expect_whole(made);
    EXPECT_EQ(made.end_ns(), signal_at + 30'003 * ms);
    EXPECT_EQ(made.phases.back().what, budget_phase::kind::close);
}

TEST(Budget, HoldsWithMarksThatAreMissingOrOutOfOrder) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        samples::dice roll(seed);
        trial_record trial;
        for (std::size_t i = 0; i < mark_count; ++i) {
            if (!roll.once_in(3)) {
                trial.marks.set(static_cast<mark>(i), signal_at + roll.between(-50, 400) * ms);
            }
        }
        trial.marks.set(mark::signal_sent, signal_at);
        trial.marks.set(mark::deleted, 0);
        trial.marks.set(mark::exited, signal_at + 300 * ms);
        expect_whole(budget_of(trial, {}));
    }
}

TEST(Budget, HasNoGraceWhereTheProcessGoesOn) {
    auto run = samples::graceful();
    run.expected.ends = false;
    const auto made = budget_of(run.trials.front(), run.expected);
    EXPECT_EQ(made.grace_end_ns, 0);
    EXPECT_NE(made.phases.back().what, budget_phase::kind::unused);
    EXPECT_TRUE(budget_of(trial_record{}, run.expected).phases.empty());
}

}  // namespace
}  // namespace lastcall::drill
