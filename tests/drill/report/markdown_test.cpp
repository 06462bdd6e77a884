#include <gtest/gtest.h>

#include <sstream>

#include "drill/report/reports.hpp"
#include "drill/support/record_builder.hpp"

namespace lastcall::drill {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) {
        all.push_back(line);
    }
    return all;
}

/// The bars that are not escaped.
std::size_t bars(const std::string& line) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '|') {
            ++n;
        }
    }
    return n;
}

TEST(MarkdownReport, BeginsWithTheVerdictTheLossesAndWhatToDo) {
    record_builder built;
    built.add(built.in_flight(outcome::cut_in_body));
    const auto text = to_markdown(built.run, judge(built.run));
    const auto lines = lines_of(text);
    ASSERT_GT(lines.size(), 8U);
    EXPECT_EQ(lines[0], "## Drill: fail");
    EXPECT_EQ(lines[2], "node server.js, sequence plain, SIGTERM, 1 trial.");
    EXPECT_EQ(lines[4],
              "**1 of 27 (95 %: below 16.4 %) requests at risk lost.** Exit after 600 ms of "
              "30.00 s.");
    EXPECT_TRUE(lines[6].starts_with("- **V04 loses nothing in flight**: fail.")) << lines[6];
    EXPECT_TRUE(lines[8].starts_with("  Fix: wait until the last byte")) << lines[8];
    EXPECT_NE(text.find("| cut inside the body | 0 | 1 | 0 |"), std::string::npos);
    EXPECT_NE(text.find("Lane h2 was left out: the server speaks no HTTP/2."), std::string::npos);
    EXPECT_EQ(text, to_markdown(built.run, judge(built.run)));
}

TEST(MarkdownReport, OfAGoodRunNamesNothingToRepair) {
    const record_builder good;
    const auto text = to_markdown(good.run, judge(good.run));
    EXPECT_EQ(text.find("Fix:"), std::string::npos);
    EXPECT_EQ(text.find("not conclusive"), std::string::npos);
}

TEST(MarkdownReport, SaysWhyARunIsNotConclusive) {
    record_builder built;
    built.trial().generator.troubles = {"clock stepped"};
    const auto text = to_markdown(built.run, judge(built.run));
    EXPECT_NE(text.find("## Drill: inconclusive"), std::string::npos);
    EXPECT_NE(text.find("- the drill had trouble of its own: clock stepped;"), std::string::npos);
}

TEST(MarkdownReport, KeepsItsTablesWhateverIsInItsTexts) {
    record_builder built;
    const std::string odd = "a|b\nc<script>`*_[x](y)\\@team\xFF#\x1B|";
    built.run.subject = odd;
    for (auto& one : built.trial().exchanges) {
        one.lane = odd;
    }
    built.run.lanes[1].why = odd;
    built.trial().leftovers = {{leftover::kind::process, odd}};
    const auto text = to_markdown(built.run, judge(built.run));
    EXPECT_EQ(text.find("<script"), std::string::npos);
    EXPECT_EQ(text.find('@'), std::string::npos);
    EXPECT_EQ(text.find('\xFF'), std::string::npos);
    EXPECT_EQ(text.find('\x1B'), std::string::npos);
    std::size_t rows = 0;
    for (const auto& line : lines_of(text)) {
        if (line.starts_with('|')) {
            ++rows;
            EXPECT_EQ(bars(line), 5U) << line;
        }
    }
    EXPECT_GT(rows, 30U);
}

}  // namespace
}  // namespace lastcall::drill
