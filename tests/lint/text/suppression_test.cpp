#include "lint/text/suppression.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

constexpr auto today = 2026y / 11 / 21;

suppressions read_one(std::string_view text, bool is_alone = true,
                      std::vector<statement_lines> statements = {{1, 1}, {3, 5}}) {
    const std::string file = std::string(text) + "\n\nx\ny\nz\n";
    const line_index lines(file);
    const comment one{lines.at(0, text.size()), std::string_view(file).substr(0, text.size()),
                      is_alone};
    return read_suppressions({&one, 1}, statements, lines, today);
}

TEST(Suppression, SilencesItsRulesWithAReason) {
    const auto read =
        read_one("# lastcall: ignore=K04,d01 reason=the proxy drains first", true, {{3, 5}});
    ASSERT_EQ(read.valid.size(), 1U);
    EXPECT_TRUE(read.problems.empty());
    EXPECT_EQ(read.valid[0].reason, "the proxy drains first");
    EXPECT_EQ(read.valid[0].holds, (statement_lines{3, 5}));
    EXPECT_NE(read.covering("K04", 4), nullptr);
    EXPECT_NE(read.covering("D01", 5), nullptr);
    EXPECT_EQ(read.covering("K05", 4), nullptr);
    EXPECT_EQ(read.covering("K04", 6), nullptr);
}

TEST(Suppression, BehindAStatementHoldsForThatOne) {
    const auto read = read_one("# lastcall: ignore=K04 reason=x", false);
    ASSERT_EQ(read.valid.size(), 1U);
    EXPECT_EQ(read.valid[0].holds, (statement_lines{1, 1}));
}

TEST(Suppression, HoldsThroughItsLastDay) {
    EXPECT_EQ(read_one("# lastcall: ignore=K04 reason=x until=2026-11-21").valid.size(), 1U);
    EXPECT_EQ(read_one("# lastcall: ignore=K04 until=2026-11-21 reason=x").valid.size(), 1U);
    const auto late = read_one("# lastcall: ignore=K04 reason=x until=2026-11-20");
    EXPECT_TRUE(late.valid.empty());
    ASSERT_EQ(late.problems.size(), 1U);
    EXPECT_NE(late.problems[0].text.find("ended on 2026-11-20"), std::string::npos);
}

TEST(Suppression, WhatIsWrongInOneIsTold) {
    const std::pair<const char*, const char*> cases[] = {
        {"# lastcall: ignore=K04", "no reason"},
        {"# lastcall: ignore=K04 reason=", "no reason"},
        {"# lastcall: ignore=K04 reason=\"  \"", "no reason"},
        {"# lastcall: reason=x", "names no rule"},
        {"# lastcall:", "names no rule"},
        {"# lastcall: ignore=K04, reason=x", "\"\" is no rule"},
        {"# lastcall: ignore=* reason=x", "\"*\" is no rule"},
        {"# lastcall: ignore=K04 reason=x until=2026-02-30", "is no day"},
        {"# lastcall: ignore=K04 reason=x until=tomorrow", "is no day"},
        {"# lastcall: allow=K04", "is not understood"},
    };
    for (const auto& [text, why] : cases) {
        const auto read = read_one(text);
        EXPECT_TRUE(read.valid.empty()) << text;
        ASSERT_EQ(read.problems.size(), 1U) << text;
        EXPECT_NE(read.problems[0].text.find(why), std::string::npos) << read.problems[0].text;
    }
}

TEST(Suppression, NothingBehindItIsAProblem) {
    const auto read = read_one("# lastcall: ignore=K04 reason=x", true, {});
    EXPECT_TRUE(read.valid.empty());
    EXPECT_EQ(read.problems.size(), 1U);
}

TEST(Suppression, OtherCommentsAreNoneOfOurs) {
    const auto read = read_one("# see lastcall: ignore=K04");
    EXPECT_TRUE(read.valid.empty());
    EXPECT_TRUE(read.problems.empty());
}

}  // namespace
}  // namespace lastcall::lint
