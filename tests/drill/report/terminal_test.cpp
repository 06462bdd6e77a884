#include <gtest/gtest.h>

#include <sstream>

#include "drill/report/figures.hpp"
#include "drill/report/markup_check.hpp"
#include "drill/report/reports.hpp"
#include "drill/report/terminal_text.hpp"
#include "drill/support/sample_runs.hpp"

namespace lastcall::drill {
namespace {

using testing::contains;

std::string text_of(const run_record& run, const terminal_style& style = {}) {
    return to_terminal(run, judge(run), style);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

// Without the sequences that switch colours.
std::string without_colours(const std::string& text) {
    std::string made;
    bool is_escape = false;
    for (const char c : text) {
        is_escape = is_escape || c == '\x1b';
        made += is_escape ? "" : std::string(1, c);
        is_escape = is_escape && c != 'm';
    }
    return made;
}

TEST(TerminalReport, FitsIntoEveryWidthAndAScreenUnlessItFails) {
    for (const auto& run : {samples::graceful(), samples::graceful(3), samples::failing(),
                            samples::inconclusive(), samples::kubernetes(), samples::rolling()}) {
        for (const int width : {60, 80, 120, 200}) {
            const auto lines = lines_of(text_of(run, {false, width}));
            const bool fails = judge(run).overall == standing::fail;  // its causes are never cut
            EXPECT_LE(lines.size(), fails ? 120U : 44U) << run.sequence << " at " << width;
            for (const auto& line : lines) {
                EXPECT_LE(columns(line), static_cast<std::size_t>(width)) << line;
            }
        }
    }
}

TEST(TerminalReport, TakesAWidthThatIsNoneAsTheNarrowest) {
    const auto run = samples::failing();
    EXPECT_EQ(text_of(run, {false, 0}), text_of(run, {false, 60}));
    EXPECT_EQ(text_of(run, {false, 5000}), text_of(run, {false, 200}));
}

TEST(TerminalReport, BeginsWithTheVerdict) {
    const auto at_risk = std::to_string(judge(samples::graceful()).totals.at_risk);
    EXPECT_TRUE(text_of(samples::graceful(), {false, 120})
                    .starts_with("✓ PASS  0 of " + at_risk + " requests at risk were lost"));
    EXPECT_TRUE(text_of(samples::failing()).starts_with("✗ FAIL  "));
    EXPECT_TRUE(text_of(samples::inconclusive()).starts_with("? INCONCLUSIVE  "));
}

TEST(TerminalReport, SaysOfWhatFailedWhyAndWhatToDo) {
    verdict made;
    made.overall = standing::fail;
    made.criteria = {{"V01", "exits", standing::pass, "412 ms", "", ""},
                     {"V02", "needs no SIGKILL", standing::fail, "SIGKILL", "it hung", "end it"},
                     {"V03", "code", standing::warn, "143", "it died", "return 0"}};
    const auto text = to_terminal(run_record{}, made, {});
    EXPECT_TRUE(contains(text,
                         "✗ V02 needs no SIGKILL: SIGKILL\n      it hung\n      → end it\n"
                         "! V03 code: 143\n      it died\n      → return 0\n"));
    EXPECT_FALSE(contains(text, "V01"));
}

TEST(TerminalReport, HasALineForEachCriterionBeforeItExplainsAny) {
    const auto run = samples::failing();
    const auto made = judge(run);
    const auto text = to_terminal(run, made, {false, 120});
    std::size_t failed = 0;
    for (const auto& one : made.criteria) {
        failed += one.how == standing::fail ? 1U : 0U;
        EXPECT_EQ(contains(text, "✗ " + one.id + " "), one.how == standing::fail) << one.id;
    }
    EXPECT_GT(failed, 4U);
}

TEST(TerminalReport, CountsTheCriteriaThatHaveNoRoom) {
    verdict made;
    for (int i = 0; i < 60; ++i) {
        made.criteria.push_back({"V01", "one of many", standing::warn, "bad", "why", "fix"});
    }
    const auto text = to_terminal(run_record{}, made, {});
    EXPECT_LE(lines_of(text).size(), 40U);
    EXPECT_TRUE(contains(text, " more criteria, none failed, in the report"));
}

TEST(TerminalReport, NamesTheStatesThatLostMost) {
    EXPECT_TRUE(contains(text_of(samples::failing()), "✗ WebSocket: 20 of 20 connections lost"));
    EXPECT_FALSE(contains(text_of(samples::graceful()), "✗"));
}

TEST(TerminalReport, ShowsMarksWithTheirTimes) {
    const auto text = text_of(samples::graceful(), {false, 100});
    EXPECT_TRUE(contains(text, "a SIGTERM  b signal taken +1 ms"));
    EXPECT_TRUE(contains(text, "exit +412 ms"));
    EXPECT_TRUE(contains(text, "→ drain 291 ms"));
    EXPECT_TRUE(contains(text, "in flight  "));
}

TEST(TerminalReport, HasTheSameTextWithColoursAndWithout) {
    const auto run = samples::failing();
    const auto plain = text_of(run);
    const auto coloured = text_of(run, {true, 80});
    EXPECT_EQ(plain.find('\x1b'), std::string::npos);
    EXPECT_NE(coloured.find('\x1b'), std::string::npos);
    EXPECT_EQ(without_colours(coloured), plain);
}

TEST(TerminalReport, LetsNoTextSteerTheTerminal) {
    const auto run = samples::hostile("\x1b[2J\x1b]0;title\x07\r\nx");
    auto made = judge(run);
    for (auto& one : made.criteria) {
        one.how = standing::fail;
        one.title = one.measured = one.why = one.fix = run.subject;
    }
    made.inconclusive_because = {run.subject};
    const auto text = to_terminal(run, made, {});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(TerminalReport, SaysSomethingEvenWhenNothingWasSeen) {
    EXPECT_TRUE(contains(to_terminal(run_record{}, verdict{}, {}), "INCONCLUSIVE"));
    run_record interrupted;
    interrupted.trials.emplace_back();
    EXPECT_TRUE(contains(to_terminal(interrupted, verdict{}, {}), "INCONCLUSIVE"));
}

TEST(TerminalText, BreaksAtBlanksButNotBeforeAUnit) {
    EXPECT_EQ(wrapped("exit after 412 ms, grace 30 s", 15),
              (std::vector<std::string>{"exit after", "412 ms, grace", "30 s"}));
    EXPECT_EQ(wrapped("abcdefghij k", 5), (std::vector<std::string>{"abcd…", "k"}));
}

TEST(TerminalText, CutsAtCharactersNotAtBytes) {
    EXPECT_EQ(cut("größer", 6), "größer");
    EXPECT_EQ(cut("größer", 4), "grö…");
    EXPECT_EQ(cut("größer", 0), "");
}

TEST(TerminalText, HasASparkForEverythingAboveNothing) {
    EXPECT_EQ(spark(0, 100), " ");
    EXPECT_EQ(spark(1, 100000), "▁");
    EXPECT_EQ(spark(50, 100), "▄");
    EXPECT_EQ(spark(100, 100), "█");
}

TEST(TerminalReport, CarriesCauseAndFixOfEachFailureInFull) {
    const auto run = samples::failing();
    const auto made = judge(run);
    std::string text;
    for (const auto& line : lines_of(to_terminal(run, made, {false, 80}))) {
        text += line.substr(line.find_first_not_of(' ') == std::string::npos
                                ? 0
                                : line.find_first_not_of(' ')) +
                " ";
    }
    for (const auto& one : made.criteria) {
        if (one.how == standing::fail) {
            EXPECT_NE(text.find(one.why), std::string::npos) << one.id << ": " << one.why;
            EXPECT_NE(text.find("→ " + one.fix), std::string::npos) << one.id << ": " << one.fix;
        }
    }
}

}  // namespace
}  // namespace lastcall::drill
