#include "lint/engine/linter.hpp"

#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

struct linted {
    lint_summary summary;
    std::vector<finding> found;
};

linted lint_paths(const std::vector<fs::path>& paths, year_month_day today = year(2026) / 6 / 1) {
    linted made;
    made.summary = lint({paths, today}, [&](std::span<const finding> found) {
        made.found.insert(made.found.end(), found.begin(), found.end());
    });
    return made;
}

TEST(Linter, SaysWhereWhatWhyAndWhatToDo) {
    test_folder in;
    const auto file = in.add("Dockerfile", "FROM debian:12\n  CMD  server --port 80\n");
    const auto made = lint_paths({in.path()});
    ASSERT_EQ(made.found.size(), 1U);
    const finding& one = made.found.front();
    EXPECT_EQ(one.broken->id, "D01");
    EXPECT_EQ(one.file, file.string());
    EXPECT_EQ(one.at.line, 2U);
    EXPECT_EQ(one.at.column, 8U);
    EXPECT_EQ(one.excerpt, "  CMD  server --port 80");
    EXPECT_EQ(one.fix_text(), "CMD [\"server\", \"--port\", \"80\"]");
    EXPECT_EQ(made.summary.errors, 1U);
    EXPECT_EQ(made.summary.judged, 1U);
    EXPECT_TRUE(made.summary.has_findings());
}

TEST(Linter, PutsTheFindingsOfAFileInItsOrder) {
    test_folder in;
    in.add("deploy.sh", "#!/bin/sh\ndocker kill web\npkill -9 web\ndocker rm -f web\n");
    std::vector<std::uint32_t> lines;
    for (const finding& one : lint_paths({in.path()}).found) {
        lines.push_back(one.at.line);
    }
    EXPECT_EQ(lines, (std::vector<std::uint32_t>{2, 3, 4}));
}

TEST(Linter, AFileThatIsNotThereIsAFindingAndTheRestIsJudged) {
    test_folder in;
    const auto good = in.add("deploy.sh", "#!/bin/sh\npkill -9 web\n");
    const auto made = lint_paths({in.path() / "none", good});
    ASSERT_EQ(made.found.size(), 2U);
    EXPECT_EQ(made.found[0].broken->id, "G01");
    EXPECT_EQ(made.found[0].at.line, 0U);
    EXPECT_EQ(made.found[1].broken->id, "S14");
    EXPECT_EQ(made.summary.unreadable, 1U);
    EXPECT_TRUE(made.summary.has_findings());
    EXPECT_FALSE(lint_paths({in.path() / "none"}).summary.has_findings());
}

TEST(Linter, AFileThatIsTooLargeIsAFinding) {
    test_folder in;
    const auto file = in.add("deploy.sh", "#!/bin/sh\n");
    fs::resize_file(file, 17UL << 20);
    const auto made = lint_paths({in.path()});
    ASSERT_EQ(made.found.size(), 1U);
    EXPECT_EQ(made.found[0].broken->id, "G01");
    EXPECT_NE(made.found[0].what.find("16 MiB"), std::string::npos);
}

TEST(Linter, ACommentAcceptsAFindingUntilItsDay) {
    test_folder in;
    in.add("deploy.sh",
           "#!/bin/sh\n# lastcall: ignore=S14 reason=\"keeps nothing\" until=2026-06-30\npkill -9 "
           "web\n");
    const auto before = lint_paths({in.path()}, year(2026) / 6 / 30);
    ASSERT_EQ(before.found.size(), 1U);
    EXPECT_EQ(before.found[0].accepted, "keeps nothing");
    EXPECT_EQ(before.summary.accepted, 1U);
    EXPECT_FALSE(before.summary.has_findings());
    const auto after = lint_paths({in.path()}, year(2026) / 7 / 1);
    ASSERT_EQ(after.found.size(), 2U);
    EXPECT_EQ(after.found[0].broken->id, "G03");
    EXPECT_EQ(after.found[1].broken->id, "S14");
}

TEST(Linter, PassesOverWhatIsNoText) {
    test_folder in;
    in.add("tool", std::string("#!/bin/sh\n\0\xff", 12));
    in.add("Dockerfile", std::string("FROM\0", 5));
    in.add("main.c", "int main(void) { return 0; }");
    const auto made = lint_paths({in.path()});
    EXPECT_EQ(made.summary.files, 3U);
    EXPECT_EQ(made.summary.judged, 0U);
    EXPECT_TRUE(made.found.empty());
}

TEST(Linter, OfGarbageFindsAnEndAndASmallNumberOfFindings) {
    test_folder in;
    std::string text = "FROM debian:12\n";
    for (int i = 0; i < 20000; ++i) {
        text += "CMD \"x \\\nENTRYPOINT [ ${\n";
    }
    in.add("Dockerfile", text);
    std::string script = "#!/bin/sh\n";
    for (int i = 0; i < 20000; ++i) {
        script += "trap \"$( if ((\n";
    }
    in.add("entrypoint.sh", script);
    EXPECT_GT(lint_paths({in.path()}).found.size(), 0U);
}

}  // namespace
}  // namespace lastcall::lint
