#include "drill/report/figures.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

TEST(Figures, GroupThousands) {
    EXPECT_EQ(thousands(0), "0");
    EXPECT_EQ(thousands(999), "999");
    EXPECT_EQ(thousands(1204), "1,204");
    EXPECT_EQ(thousands(1'000'000), "1,000,000");
}

TEST(Figures, HaveAWordForOneAndForMany) {
    EXPECT_EQ(counted(1, "request"), "1 request");
    EXPECT_EQ(counted(1204, "request"), "1,204 requests");
    EXPECT_EQ(counted(2, "criterion", "criteria"), "2 criteria");
}

TEST(Figures, GiveLengthsThreeDigitsThatCount) {
    EXPECT_EQ(length_text(0), "0 µs");
    EXPECT_EQ(length_text(85'000), "85 µs");
    EXPECT_EQ(length_text(999'700), "1 ms");
    EXPECT_EQ(length_text(3'456'000), "3.46 ms");
    EXPECT_EQ(length_text(412'000'000), "412 ms");
    EXPECT_EQ(length_text(999'900'000), "1 s");
    EXPECT_EQ(length_text(1'240'000'000), "1.24 s");
    EXPECT_EQ(length_text(30'003'000'000), "30 s");
    EXPECT_EQ(length_text(-5'000'000), "−5 ms");
    EXPECT_EQ(offset_text(12'000'000), "+12 ms");
    EXPECT_EQ(offset_text(0), "0");
}

TEST(Figures, NeverCallASmallShareNone) {
    EXPECT_EQ(percent(0), "0 %");
    EXPECT_EQ(percent(0.00248), "0.25 %");
    EXPECT_EQ(percent(0.0000123), "0.0012 %");
    EXPECT_EQ(percent(0.0999), "10 %");
    EXPECT_EQ(percent(1), "100 %");
}

TEST(Harmless, KeepsTextOfAllLanguages) {
    EXPECT_EQ(harmless("größer → 大きい 🎉"), "größer → 大きい 🎉");
    EXPECT_EQ(columns("größer"), 6U);
}

TEST(Harmless, ReplacesWhatSteersATerminalOrTurnsText) {
    EXPECT_EQ(harmless("a\x1b[31mb"), "a\uFFFD[31mb");
    EXPECT_EQ(harmless("a\r\nb\x7f"), "a\uFFFD\uFFFDb\uFFFD");
    EXPECT_EQ(harmless("a\xC2\x9B"
                       "31mb"),
              "a\uFFFD31mb");
    EXPECT_EQ(harmless("evil\u202Egpj"), "evil\uFFFDgpj");
    EXPECT_EQ(harmless("\u2028\u2066"), "\uFFFD\uFFFD");
}

TEST(Harmless, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(harmless("a\xFF\xC0z"), "a\uFFFD\uFFFDz");
    EXPECT_EQ(harmless("\xE2\x82"), "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace lastcall::drill
