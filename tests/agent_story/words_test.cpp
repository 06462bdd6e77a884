#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "agent_story/made_rows.hpp"

namespace lastcall::agent::story::testing {
namespace {

TEST(Words, DurationsHaveTwoUnitsAtMost) {
    using namespace std::chrono_literals;
    const std::pair<nanoseconds, const char*> cases[] = {
        {0ns, "0 ms"},        {80us, "80 us"},
        {340ms, "340 ms"},    {999999us, "999 ms"},
        {1s, "1 s"},          {2449ms, "2.4 s"},
        {59999ms, "59.9 s"},  {60s, "1 min"},
        {192s, "3 min 12 s"}, {3h + 12min, "3 h 12 min"},
        {24h, "1 day"},       {292h + 5min, "12 days 4 h"},
        {-5ms, "-5 ms"}};
    for (const auto& [value, text] : cases) {
        EXPECT_EQ(duration_text(value), text);
    }
}

TEST(Words, TimesAreThoseOfTheZoneWithItsName) {
    EXPECT_EQ(moment_text(noon, cet), "2026-11-21 13:00:00 CET");
    EXPECT_EQ(clock_text(noon + milliseconds(7), cet, true), "13:00:00.007");
    EXPECT_EQ(utc_text(noon + milliseconds(7)), "2026-11-21T12:00:00.007Z");
    EXPECT_EQ(day_text(noon + std::chrono::hours(11), cet), "2026-11-22");
    EXPECT_EQ(utc_text(nanoseconds(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Words, TheLocalZoneKnowsSummerTime) {
    ASSERT_EQ(::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
    ::tzset();
    const auto here = local_zone();
    EXPECT_EQ(moment_text(noon, here), "2026-11-21 13:00:00 CET");
    EXPECT_EQ(moment_text(noon - std::chrono::hours(24 * 120), here), "2026-07-24 14:00:00 CEST");
    ::unsetenv("TZ");
    ::tzset();
}

TEST(Words, WhatATerminalWouldObeyIsNotShown) {
    EXPECT_EQ(shown("a\x1b[31mred\x07"), "a\xEF\xBF\xBD[31mred\xEF\xBF\xBD");
    EXPECT_EQ(shown("two\nlines\tand é"), "two lines and é");
    EXPECT_EQ(shown("\xc2\x9b"
                    "2J \xff \x7f"),
              "\xEF\xBF\xBD"
              "2J \xEF\xBF\xBD \xEF\xBF\xBD");
    EXPECT_EQ(shown(""), "");
}

TEST(Words, CommandsAreQuotedAndCut) {
    EXPECT_EQ(command_text({"node", "server v2.js", ""}), "node \"server v2.js\" \"\"");
    EXPECT_EQ(command_text(json::array()), "");
    EXPECT_EQ(command_text({1, "a", nullptr}), "a");
    EXPECT_EQ(command_text("node x"), "node x");
    EXPECT_EQ(command_text({"éééééé"}, 3), "ééé…");
    EXPECT_EQ(digest_text("sha256:4f1c20ab9d31e5aa"), "sha256:4f1c20ab9d31");
}

TEST(Words, SizesAndCounts) {
    EXPECT_EQ(size_text(999), "999 bytes");
    EXPECT_EQ(size_text(120'400'000), "120.4 MB");
    EXPECT_EQ(count_text(1, "process", "processes"), "1 process");
    EXPECT_EQ(count_text(0, "process", "processes"), "0 processes");
}

}  // namespace
}  // namespace lastcall::agent::story::testing
