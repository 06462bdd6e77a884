#include "lint/dockerfile/dockerfile.hpp"

#include <gtest/gtest.h>

#include "support/sanitized.hpp"

namespace lastcall::lint {
namespace {

TEST(Dockerfile, PutsContinuedLinesTogetherOverCommentsAndEmptyLines) {
    const std::string text =
        "FROM debian\n# one\nrun a \\\n  # two\n\n  b \\  \n  c\n  CMD [\"x\"]\n";
    const auto file = read_dockerfile(text);
    ASSERT_EQ(file.instructions.size(), 3U);
    const auto& run = file.instructions[1];
    EXPECT_EQ(run.name, "RUN");
    EXPECT_EQ(run.rest.text(), "a   b   c");
    EXPECT_EQ(run.lines, (statement_lines{3, 7}));
    const auto c = run.rest.place_of(8, 1, file.lines);
    EXPECT_EQ(c.line, 7U);
    EXPECT_EQ(c.column, 3U);
    EXPECT_EQ(file.instructions[2].at.column, 3U);
    EXPECT_EQ(file.comments.size(), 2U);
    EXPECT_TRUE(file.problems.empty());
}

TEST(Dockerfile, HasDirectivesOnlyBeforeEverythingElse) {
    const auto windows =
        read_dockerfile("# syntax=docker/dockerfile:1\n# Escape = `\nRUN a `\n b\\\nCMD x\n");
    EXPECT_EQ(windows.syntax, "docker/dockerfile:1");
    EXPECT_EQ(windows.escape, '`');
    ASSERT_EQ(windows.instructions.size(), 2U);
    EXPECT_EQ(windows.instructions[0].rest.text(), "a  b\\");
    const auto late = read_dockerfile("# a comment\n# escape=`\nRUN a \\\n b\n");
    EXPECT_EQ(late.escape, '\\');
    EXPECT_EQ(late.instructions.size(), 1U);
    EXPECT_EQ(read_dockerfile("# escape=x\nRUN a\n").problems.size(), 1U);
}

TEST(Dockerfile, TellsTheExecFormFromTheShellForm) {
    const auto form = [](const std::string& rest) {
        return read_dockerfile("CMD " + rest + "\n").instructions.at(0).json;
    };
    const auto exec = form(R"([ "sh" , "-c", "a \"b\" \u00e9\\" ])");
    ASSERT_TRUE(exec.is_json);
    ASSERT_EQ(exec.words.size(), 3U);
    EXPECT_EQ(exec.words[2].text(), "a \"b\" \xC3\xA9\\");
    EXPECT_EQ(exec.words[2].offset_of(6), 4U + 24U) << "an escape has the place that it stands at";
    EXPECT_TRUE(form("[]").is_json);
    const std::pair<const char*, const char*> bad[] = {{"['a']", "double quotes"},
                                                       {"[\"a\",]", "before ]"},
                                                       {"[\"a\"", "] is missing"},
                                                       {"[\"a\"] b", "behind the ]"},
                                                       {"[\"a]", "not closed"},
                                                       {"[\"a\" \"b\"]", "comma"},
                                                       {"[\"\\x\"]", "no such escape"},
                                                       {"[\"\\u12\"]", "four hexadecimal"},
                                                       {"[a]", "string"}};
    for (const auto& [text, why] : bad) {
        const auto read = form(text);
        EXPECT_FALSE(read.is_json) << text;
        EXPECT_NE(read.why_not.find(why), std::string::npos) << text << ": " << read.why_not;
        EXPECT_FALSE(read.has_other) << text;
    }
    EXPECT_TRUE(form("[1, \"a\"]").has_other);
    EXPECT_FALSE(form("[1, \"a\"]").is_json);
    EXPECT_TRUE(form("exec app").why_not.empty());
}

TEST(Dockerfile, ReadsFlagsAndWhatFollowsThem) {
    const auto file = read_dockerfile(
        "COPY --from=build --chown=\"a b\" --link x /y\nHEALTHCHECK --interval=5s CMD [\"a\"]\n");
    const auto& copy = file.instructions.at(0);
    ASSERT_EQ(copy.flags.size(), 3U);
    EXPECT_EQ(copy.flag("from")->value.text(), "build");
    EXPECT_EQ(copy.flag("chown")->value.text(), "a b");
    EXPECT_TRUE(copy.flag("link")->value.empty());
    EXPECT_EQ(copy.flag("user"), nullptr);
    EXPECT_EQ(copy.rest.text(), "x /y");
    const auto& health = file.instructions.at(1);
    EXPECT_EQ(health.rest.text(), "CMD [\"a\"]");
    EXPECT_TRUE(health.json.is_json);
}

TEST(Dockerfile, ReadsHeredocs) {
    const std::string text =
        "RUN <<EOF\necho $x\nEOF\nRUN cat <<'A' >/x && cat <<-B\n1\nA\n\t2\n\tB\n"
        "COPY <<x.sh /bin/x\n#!/bin/sh\nx.sh\nRUN echo $((1<<2)) <<<w\nCMD a\n";
    const auto file = read_dockerfile(text);
    ASSERT_EQ(file.instructions.size(), 5U);
    ASSERT_EQ(file.instructions[0].heredocs.size(), 1U);
    EXPECT_EQ(file.instructions[0].heredocs[0].content.text(), "echo $x\n");
    EXPECT_EQ(file.instructions[0].lines, (statement_lines{1, 3}));
    ASSERT_EQ(file.instructions[1].heredocs.size(), 2U);
    EXPECT_FALSE(file.instructions[1].heredocs[0].expands);
    EXPECT_EQ(file.instructions[1].heredocs[1].content.text(), "2\n");
    EXPECT_EQ(file.lines.at(file.instructions[1].heredocs[1].content.offset_of(0)).line, 7U);
    EXPECT_EQ(file.instructions[2].heredocs[0].name, "x.sh");
    EXPECT_TRUE(file.instructions[3].heredocs.empty());
    EXPECT_TRUE(file.problems.empty());
}

TEST(Dockerfile, AnOpenHeredocIsAProblemAndTheRestIsRead) {
    const auto file = read_dockerfile("RUN <<EOF\na\nCMD x\n");
    EXPECT_EQ(file.problems.size(), 2U) << "the missing end, and `a`";
    ASSERT_EQ(file.instructions.size(), 2U);
    EXPECT_EQ(file.instructions[1].name, "CMD");
}

TEST(Dockerfile, TellsWhatIsNoInstruction) {
    const auto file = read_dockerfile("FORM x\nFROM x\nONBUILD ONBUILD RUN x\nENTRYPOINT\n");
    ASSERT_EQ(file.problems.size(), 3U);
    EXPECT_EQ(file.problems[0].at.line, 1U);
    EXPECT_EQ(file.problems[0].at.size, 4U);
    EXPECT_EQ(file.problems[1].at.line, 3U);
    EXPECT_EQ(file.problems[2].at.line, 4U);
}

TEST(Dockerfile, AllOfOnbuildIsReadAsTheInstructionItBecomes) {
    const auto file = read_dockerfile("ONBUILD RUN <<E\nx\nE\nONBUILD CMD [\"a\"]\n");
    ASSERT_EQ(file.instructions.size(), 2U);
    ASSERT_EQ(file.instructions[0].trigger.size(), 1U);
    EXPECT_EQ(file.instructions[0].trigger[0].heredocs.size(), 1U);
    EXPECT_TRUE(file.instructions[1].trigger[0].json.is_json);
}

TEST(Dockerfile, GarbageIsReadToItsEnd) {
    const std::string parts[] = {"RUN <<E\n", "\\\n", "CMD [\"", "\n",  "RUN a <<\"",
                                 "--x=\"",    "$",    "${a:-",   "#\n", "ENV a=b \\\n#\n\n"};
    for (const auto& part : parts) {
        std::string text = "RUN ";
        while (text.size() < (testing::is_sanitized ? 400'000U : 4'000'000U)) {
            text += part;
        }
        EXPECT_LE(read_dockerfile(text).instructions.size(), 20'000U) << part;
    }
    std::string names;
    for (int i = 0; i < 19'000; ++i) {
        names += "RUN <<E" + std::to_string(i) + " " + std::string(500, 'x') + "\n";
    }
    const auto file = read_dockerfile(names);
    EXPECT_EQ(file.instructions.size(), 19'000U);
}

}  // namespace
}  // namespace lastcall::lint
