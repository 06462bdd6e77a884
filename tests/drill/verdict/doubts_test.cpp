// Runs that must not fail, and runs that must not pass.
#include <gtest/gtest.h>

#include <functional>

#include "drill/support/record_builder.hpp"
#include "drill/support/verdict_words.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const auto name_of = [](const auto& one) { return one.param.name; };

// ---- what is no fault ----

struct innocent {
    const char* name;
    std::function<void(record_builder&)> change;
};

void PrintTo(const innocent& one, std::ostream* out) { *out << one.name; }

class Innocent : public ::testing::TestWithParam<innocent> {};

TEST_P(Innocent, RunPasses) {
    record_builder built;
    GetParam().change(built);
    const auto made = judge(built.run);
    EXPECT_EQ(ids(made, standing::fail), "");
    EXPECT_EQ(made.exit_status(), 0) << ::testing::PrintToString(made.inconclusive_because);
}

const std::vector<innocent> innocents{
    {"IdleRaces",
     [](auto& b) {
         auto one = b.in_flight(outcome::idle_race);
         one.sent_ns = at_ms(10);
         add_times(b, 50, one);
     }},
    {"SeenClosedBeforeSending",
     [](auto& b) {
         auto one = b.in_flight(outcome::not_sent_closed);
         one.sent_ns = 0;
         b.add(one);
     }},
    {"RefusedAfterTheRoutesUnderABalancer",
     [](auto& b) {
         b.run.expected.judge_by = policy::lb;
         b.add(b.on_new_connection(outcome::refused));
     }},
    {"UsualClientErrors",
     [](auto& b) {
         auto one = b.answered(-500, 5);
         one.result = outcome::error_4xx;
         one.status = 404;
         b.add(one);
         one = b.answered(-50, 100);
         one.result = outcome::error_4xx;
         one.status = 404;
         b.add(one);
     }},
    {"StreamsThatWereNotBegun", [](auto& b) { b.add(b.in_flight(outcome::h2_unprocessed)); }},
    {"WebSocketToldToGo", [](auto& b) { b.add(session(b, outcome::ws_going_away)); }},
    {"SecondSignalForces",
     [](auto& b) {
         b.run.expected.second_signal = "forces";
         b.set(mark::second_signal, 100);
     }},
    {"SecondSignalForcesAndWhatItEndsIsLost",
     [](auto& b) {
         b.run.expected.second_signal = "forces";
         b.run.expected.second_number = 2;
         b.set(mark::second_signal, 100);
         b.set(mark::exited, 130);
         b.set(mark::bindable, 131);
         b.trial().exit = {true, 0, 2, false, false, 0, 0};
         add_times(b, 5, b.in_flight(outcome::reset_before_response));
     }},
    {"PipelinedBehindAnAnnouncedClose",
     [](auto& b) {
         b.run.expected.allowed_idle_races = 0;
         add_times(b, 10, b.in_flight(outcome::behind_close));
     }},
    {"Any503WhereSheddingIsFine",
     [](auto& b) {
         b.run.expected.shedding_is_fine = true;
         auto one = b.in_flight(outcome::error_5xx);
         one.status = 503;
         one.bytes = 100;
         add_times(b, 5, one);
     }},
    {"SecondSignalIgnored",
     [](auto& b) {
         b.run.expected.second_signal = "ignored";
         b.set(mark::second_signal, 100);
     }},
    {"PreStopSleepsAsLongAsTheRoutesTake",
     [](auto& b) {
         b.make_kubernetes(3000);
         b.run.expected.route_lag = seconds(3);
     }},
    {"ReloadThatDoesNotEnd",
     [](auto& b) {
         b.run.sequence = "reload";
         b.run.expected.ends = false;
         b.trial().exit = {};
         for (const auto which : {mark::exited, mark::bindable, mark::not_ready,
                                  mark::listener_closed, mark::signal_taken}) {
             b.clear(which);
         }
     }},
    {"LedgerInOrder", [](auto& b) { b.trial().effects = effect_ledger{20, 20, 20, {}, {}, ""}; }},
    {"SixTrialsAlike",
     [](auto& b) {
         for (int i = 0; i < 5; ++i) {
             b.add_trial();
         }
     }},
};

INSTANTIATE_TEST_SUITE_P(Is, Innocent, ::testing::ValuesIn(innocents), name_of);

// ---- what proves nothing ----

struct doubtful {
    const char* name;
    std::function<void(record_builder&)> change;
    const char* because;
};

void PrintTo(const doubtful& one, std::ostream* out) { *out << one.name; }

class Doubtful : public ::testing::TestWithParam<doubtful> {};

TEST_P(Doubtful, RunIsInconclusiveAndSaysWhatToDo) {
    record_builder built;
    GetParam().change(built);
    const auto made = judge(built.run);
    EXPECT_EQ(made.overall, standing::inconclusive);
    EXPECT_EQ(made.exit_status(), 4);
    std::string all;
    for (const auto& one : made.inconclusive_because) {
        all += one + '\n';
        EXPECT_NE(one.find("; "), std::string::npos) << one;
    }
    EXPECT_NE(all.find(GetParam().because), std::string::npos) << all;

    // A failure is one, however little else was seen.
    built.run.expected.exit_within = milliseconds(1);
    built.set(mark::signal_sent, 0);
    built.set(mark::exited, 600);
    EXPECT_EQ(judge(built.run).overall, standing::fail);
}

const std::vector<doubtful> doubts_of_runs{
    {"CellNotFilled",
     [](auto& b) { b.run.reachable[static_cast<std::size_t>(cell::half_head)] = true; },
     "half_head (0 of 5)"},
    {"CellFilledInOneOfTwoTrials",
     [](auto& b) { b.add_trial().in_cell[static_cast<std::size_t>(cell::idle)] = 3; },
     "idle (9 of 10)"},
    {"NotReadyLateByLessThanTheDrillItselfWas",
     [](auto& b) {
         b.set(mark::not_ready, 1300);
         b.trial().generator.late_max_ns = 400'000'000;
     },
     "V08 turns not ready at once: it was too late by less than"},
    {"Late", [](auto& b) { b.trial().generator.late_p99_ns = 5'000'001; }, "sent late: p99"},
    {"Busy", [](auto& b) { b.trial().generator.processor_share = 0.81; },
     "81.0 % of its processor"},
    {"LossBefore",
     [](auto& b) {
         auto one = b.answered(-1000, 5);
         one.result = outcome::reset_before_response;
         b.add(one);
     },
     "lost before the stop began: 1 request,"},
    {"Trouble", [](auto& b) { b.trial().generator.troubles = {"clock stepped"}; }, "clock stepped"},
    {"Ambiguous",
     [](auto& b) {
         b.trial().generator.sees_packets = false;
         b.add(b.in_flight(outcome::reset_ambiguous));
     },
     "CAP_NET_RAW"},
    {"Interrupted", [](auto& b) { b.trial().is_interrupted = true; }, "ended before it was over"},
    {"NothingAtRisk",
     [](auto& b) {
         std::erase_if(b.trial().exchanges,
                       [](const exchange& one) { return one.end_ns > at_ms(0); });
     },
     "no request was in flight"},
    {"OurFault", [](auto& b) { b.add(b.in_flight(outcome::generator_fault)); }, "our own kernel"},
    {"GivenUp", [](auto& b) { b.add(b.in_flight(outcome::ended_by_us)); }, "wait longer"},
    {"LedgerNotRead",
     [](auto& b) { b.trial().effects = effect_ledger{1, 1, 0, {}, {}, "connection refused"}; },
     "V15 keeps what it acknowledged: the list of effects could not be read: connection refused"},
    {"SecondSignalTooLate",
     [](auto& b) {
         b.run.expected.second_signal = "forces";
         b.set(mark::second_signal, 601);
     },
     "before the second signal"},
    {"UnreadyBefore", [](auto& b) { b.set(mark::not_ready, -10); }, "before the stop began"},
    {"DiedBefore",
     [](auto& b) {
         b.set(mark::exited, -100);
         b.set(mark::bindable, -99);
     },
     "ended by itself before"},
    {"NoSignal", [](auto& b) { b.clear(mark::signal_sent); }, "no signal was sent"},
};

INSTANTIATE_TEST_SUITE_P(Is, Doubtful, ::testing::ValuesIn(doubts_of_runs), name_of);

}  // namespace
}  // namespace lastcall::drill
