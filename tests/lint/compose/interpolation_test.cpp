#include "lint/compose/interpolation.hpp"

#include <gtest/gtest.h>

#include "lint/compose/command_words.hpp"

namespace lastcall::lint {
namespace {

struct interpolation_row {
    std::string_view written;
    std::string_view text;
    bool is_known;
};

TEST(Interpolation, PutsInWhatTheFileSays) {
    constexpr interpolation_row rows[] = {
        {"plain", "plain", true},
        {"a$$b", "a$b", true},
        {"$$$$", "$$", true},
        {"${A:-x}y", "xy", true},
        {"${A-x}", "x", true},
        {"${A:-${B:-deep}}", "deep", true},
        {"${A:-$B}", "$B", false},
        {"${A}", "${A}", false},
        {"$A/b", "$A/b", false},
        {"${A:?set it}", "${A:?set it}", false},
        {"${A:+x}", "${A:+x}", false},
        {"${SET:-x}", "${SET:-x}", false},
        {"5 $ and $(x)", "5 $ and $(x)", true},
        {"${A:-open", "${A:-open", true},
        {"", "", true},
    };
    for (const interpolation_row& one : rows) {
        SCOPED_TRACE(one.written);
        const auto made = interpolate(mapped_text(one.written, 100), {"SET"});
        EXPECT_EQ(made.text.text(), one.text);
        EXPECT_EQ(made.is_known, one.is_known);
    }
}

TEST(Interpolation, KeepsThePlaces) {
    const auto made = interpolate(mapped_text("a${X:-bc}d$$e", 10), {});
    ASSERT_EQ(made.text.text(), "abcd$e");
    EXPECT_EQ(made.text.offset_of(0), 10U);
    EXPECT_EQ(made.text.offset_of(1), 16U);
    EXPECT_EQ(made.text.offset_of(3), 19U);
    EXPECT_EQ(made.text.offset_of(5), 22U);
}

TEST(Interpolation, ReadsTheNamesOfAFileEnv) {
    const auto names = names_of_environment("# no=thing\nA=1\n export B = 2\n\nC\nD.E=3\n");
    EXPECT_EQ(names, (std::set<std::string, std::less<>>{"A", "B"}));
}

TEST(CommandWords, AreSplitWithoutAShell) {
    const auto words = split_command(mapped_text("sh -c \"a && 'b'\" x\\ y 'c\\d' \"\"", 0));
    ASSERT_TRUE(words);
    std::vector<std::string> texts;
    for (const mapped_text& one : *words) {
        texts.push_back(one.text());
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"sh", "-c", "a && 'b'", "x y", "c\\d", ""}));
    EXPECT_EQ((*words)[2].offset_of(0), 7U);
    EXPECT_FALSE(split_command(mapped_text("sh -c 'open", 0)));
    EXPECT_TRUE(split_command(mapped_text("  ", 0))->empty());
}

}  // namespace
}  // namespace lastcall::lint
