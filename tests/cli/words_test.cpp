// The small parts that all commands share.
#include <gtest/gtest.h>

#include "cli/nearest.hpp"
#include "cli/screen.hpp"
#include "cli/time_words.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;

TEST(Nearest, FindsWhatSomebodyMayHaveMeant) {
    const std::vector<std::string> known{"deploy", "status",  "stop",
                                         "start",  "restart", "rollback"};
    EXPECT_EQ(nearest("depoly", known), "deploy");
    EXPECT_EQ(nearest("stat", known), "status");
    EXPECT_EQ(nearest("stpo", known), "stop");
    EXPECT_EQ(nearest("rolback", known), "rollback");
    EXPECT_EQ(nearest("frobnicate", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest("-d", std::vector<std::string>{"-h"}), "");
    EXPECT_EQ(nearest(std::string(100'000, 'x'), known), "");
}

TEST(Screen, TakesTheFirstVariableOfTheLocaleThatIsSet) {
    EXPECT_TRUE(is_utf8_locale(nullptr, "", "de_DE.UTF-8"));
    EXPECT_TRUE(is_utf8_locale("C.utf8", "C", "C"));
    EXPECT_FALSE(is_utf8_locale("C", nullptr, "de_DE.UTF-8"));
    EXPECT_FALSE(is_utf8_locale(nullptr, nullptr, nullptr));
}

TEST(Screen, ShowsWhatWouldSteerATerminalInsteadOfObeying) {
    EXPECT_EQ(harmless("a\x1b[31mb\rc\x07"), "a\\x1b[31mb\\x0dc\\x07");
    EXPECT_EQ(harmless("tab\tline\nend"), "tab line end");
    EXPECT_EQ(harmless("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x99"),
              "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x99");
    EXPECT_EQ(harmless("\xc2\x9b"
                       "31m \xe2\x80\x8f \xff"),
              "\\x9b31m \\u200f \\xff");
}

TEST(Screen, WritesACommandAsAShellTakesIt) {
    const std::vector<std::string> words{"sh", "-c", "echo it's $HOME", "", "a=b"};
    EXPECT_EQ(shell_text(words), "sh -c 'echo it'\\''s $HOME' '' a=b");
}

TEST(Screen, CutsByCharactersNotByBytes) {
    EXPECT_EQ(shortened("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 3, "…"), "\xc3\xbc\xc3\xbc…");
    EXPECT_EQ(shortened("abcdefgh", 5, "..."), "ab...");
    EXPECT_EQ(shortened("abc", 0, "..."), "abc");
    EXPECT_EQ(padded("\xc3\xbc", 3), "\xc3\xbc  ");
}

TEST(TimeWords, ReadsWhatTheApiWrites) {
    EXPECT_EQ(to_time("1970-01-01T00:00:01.250Z"), 1250ms);
    EXPECT_EQ(to_time("2026-11-21T12:00:05Z"), 1795262405s);
    for (const char* const wrong : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T25:00:00Z",
                                    "2026-11-21T12:00:05.123", "2026-11-21T12:00:05.Z"}) {
        EXPECT_FALSE(to_time(wrong)) << wrong;
    }
}

TEST(TimeWords, GiveTwoDigitsThatMatter) {
    EXPECT_EQ(span_text(0ms), "0 ms");
    EXPECT_EQ(span_text(850ms), "850 ms");
    EXPECT_EQ(span_text(3200ms), "3.2 s");
    EXPECT_EQ(span_text(45s), "45 s");
    EXPECT_EQ(span_text(12min), "12 min");
    EXPECT_EQ(span_text(5h), "5 h");
    EXPECT_EQ(span_text(72h), "3 days");
    EXPECT_EQ(span_text(-5s), "0 ms");  // the clock of another host
    EXPECT_EQ(since_text("1970-01-01T00:00:00Z", 5s), "");
    EXPECT_EQ(offset_text(1s, 1812ms), "+0.812 s");
}

}  // namespace
}  // namespace lastcall::cli
