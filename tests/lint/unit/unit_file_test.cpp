#include "lint/unit/unit_file.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

TEST(UnitFile, KeepsSectionsSettingsAndTheirPlaces) {
    const std::string text =
        "# a unit\n[Service]\n  ExecStart = /bin/a b  \n\n[Install]\nWantedBy=x\n";
    const auto file = read_unit_file(text);
    ASSERT_EQ(file.settings.size(), 2U);
    EXPECT_EQ(file.settings[0].name, "ExecStart");
    EXPECT_EQ(file.settings[0].value.text(), "/bin/a b");
    EXPECT_EQ(file.settings[0].at.line, 3U);
    EXPECT_EQ(file.settings[0].at.column, 15U);
    EXPECT_EQ(file.settings[0].at.size, 8U);
    EXPECT_EQ(file.settings[0].name_at.column, 3U);
    EXPECT_EQ(file.sections[file.settings[1].section].name, "Install");
    ASSERT_EQ(file.comments.size(), 1U);
    EXPECT_EQ(file.comments[0].text, "# a unit");
    EXPECT_TRUE(file.problems.empty());
    EXPECT_EQ(file.sections[0].lines, (statement_lines{2, 3}));
}

TEST(UnitFile, GoesOnBehindABackslashOverComments) {
    const std::string text =
        "[Service]\nExecStart=/bin/a \\\n# not this\n ; nor this\n   b\\\n c\nType=exec\n";
    const auto file = read_unit_file(text);
    ASSERT_EQ(file.settings.size(), 2U);
    const auto& value = file.settings[0].value;
    EXPECT_EQ(value.text(), "/bin/a  b c");
    EXPECT_EQ(file.lines.at(value.offset_of(8)).line, 5U);
    EXPECT_EQ(file.lines.at(value.offset_of(8)).column, 4U);
    EXPECT_EQ(file.lines.at(value.offset_of(10)).line, 6U);
    EXPECT_EQ(file.settings[0].lines, (statement_lines{2, 6}));
    EXPECT_EQ(file.comments.size(), 2U);
}

TEST(UnitFile, KnowsWhatIsNoContinuation) {
    // As systemd-analyze verify of version 252 reads it.
    const auto blank_behind = read_unit_file("[S]\nA=1\\ \nB=2\n");
    EXPECT_EQ(blank_behind.settings.size(), 2U);
    const auto escaped = read_unit_file("[S]\nA=1\\\\\nB=2\n");
    EXPECT_EQ(escaped.settings.size(), 2U);
    const auto empty_line = read_unit_file("[S]\nA=1\\\n\nB=2\n");
    ASSERT_EQ(empty_line.settings.size(), 2U);
    EXPECT_EQ(empty_line.settings[0].value.text(), "1");
    const auto at_the_end = read_unit_file("[S]\nA=1\\");
    ASSERT_EQ(at_the_end.settings.size(), 1U);
    EXPECT_EQ(at_the_end.settings[0].value.text(), "1");
}

TEST(UnitFile, TellsWhatIsIgnoredAndReadsOn) {
    const auto file = read_unit_file("A=1\n[Service\n[Service]\njunk\n=3\nB=2\n");
    std::vector<std::uint32_t> lines;
    for (const auto& one : file.problems) {
        lines.push_back(one.at.line);
    }
    EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 2, 4, 5}));
    EXPECT_EQ(file.settings.size(), 1U);
    const std::string with_zero("[S]\nB=2\0x\nC=3\n", 14);
    const auto zero = read_unit_file(with_zero);
    EXPECT_EQ(zero.problems.size(), 1U);
    ASSERT_EQ(zero.settings.size(), 1U);
    EXPECT_EQ(zero.settings[0].name, "C");
}

TEST(UnitFile, ReadsTheMarkAndTheLineEndsOfWindows) {
    const auto file = read_unit_file("\xEF\xBB\xBF[Service]\r\nType=exec\r\n");
    ASSERT_EQ(file.settings.size(), 1U);
    EXPECT_EQ(file.settings[0].value.text(), "exec");
    EXPECT_EQ(file.sections[0].at.column, 4U);
}

TEST(UnitFile, OfGarbageReadsNoMoreThanItsLimits) {
    std::string many = "[S]\n";
    for (int i = 0; i < 200'000; ++i) {
        many += "a=b\n";
    }
    const auto file = read_unit_file(many);
    EXPECT_EQ(file.settings.size(), 100'000U);
    EXPECT_EQ(file.problems.size(), 1U);
    std::string junk;
    for (int i = 0; i < 100'000; ++i) {
        junk += "junk\n";
    }
    EXPECT_EQ(read_unit_file(junk).problems.size(), problem_limit + 1);
    std::string wide = "[S]\nA=" + std::string(2 << 20, 'x') + "\nB=1\n";
    const auto cut = read_unit_file(wide);
    EXPECT_EQ(cut.problems.size(), 1U);
    ASSERT_EQ(cut.settings.size(), 1U);
    EXPECT_EQ(cut.settings[0].name, "B");
}

TEST(UnitFile, GivesItsStatementsInTheirOrder) {
    const auto file = read_unit_file("[S]\nA=1\nB=2\n[T]\nC=3\n");
    EXPECT_EQ(file.statements(),
              (std::vector<statement_lines>{{1, 3}, {2, 2}, {3, 3}, {4, 5}, {5, 5}}));
}

}  // namespace
}  // namespace lastcall::lint
