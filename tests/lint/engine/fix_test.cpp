#include "lint/engine/fix.hpp"

#include <gtest/gtest.h>

#include "lint/catalogue/catalogue.hpp"
#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

finding with_edit(std::size_t offset, std::size_t size, std::string text) {
    finding made;
    made.broken = find_rule("D01");
    made.edits.push_back({{offset, size, 1, 1}, std::move(text)});
    return made;
}

TEST(ApplyEdits, PutsEachAtItsPlace) {
    std::vector<finding> found{with_edit(6, 0, "big "), with_edit(0, 5, "hi")};
    EXPECT_EQ(apply_edits("hello world", found), "hi big world");
    EXPECT_TRUE(found[0].is_fixed);
    EXPECT_TRUE(found[1].is_fixed);
}

TEST(ApplyEdits, LeavesWhatOverlapsWhatIsAcceptedAndWhatLiesBehindTheEnd) {
    std::vector<finding> found{with_edit(0, 5, "a"), with_edit(4, 2, "b"), with_edit(8, 1, "c"),
                               with_edit(20, 1, "d")};
    found[2].accepted = "known";
    EXPECT_EQ(apply_edits("hello world", found), "a world");
    EXPECT_FALSE(found[1].is_fixed);
    EXPECT_FALSE(found[2].is_fixed);
    EXPECT_FALSE(found[3].is_fixed);
}

lint_summary fix(const fs::path& path) {
    return lint({{path}, year(2026) / 1 / 1, true}, [](std::span<const finding>) {});
}

TEST(Fix, MendsTheBytesOfTheFindingAndNothingElse) {
    test_folder in;
    const auto file = in.add("Dockerfile", "FROM debian:12\r\n\r\nCMD  server  --port 80\t\r\n#x");
    EXPECT_EQ(fix(in.path()).fixed, 1U);
    EXPECT_EQ(*read_file(file).text,
              "FROM debian:12\r\n\r\nCMD  [\"server\", \"--port\", \"80\"]\t\r\n#x");
    const auto again = fix(in.path());
    EXPECT_EQ(again.fixed + again.errors, 0U);
}

TEST(Fix, KeepsThePermissionsOfAScriptAndTheLinkToIt) {
    test_folder in;
    const auto file = in.add("entrypoint.sh", "#!/bin/sh\nset -e\nserver --port 80\n");
    fs::permissions(file, fs::perms(0750));
    const auto link = in.path() / "docker-entrypoint";
    fs::create_symlink(file, link);
    EXPECT_EQ(fix(file).fixed, 1U);
    EXPECT_EQ(*read_file(file).text, "#!/bin/sh\nset -e\nexec server --port 80\n");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0750));
    EXPECT_TRUE(fs::is_symlink(link));
}

TEST(Fix, DoesNotTakeATrapOrAVariableAway) {
    test_folder in;
    for (const std::string text :
         {"#!/bin/sh\ntrap 'rm -f /run/x' EXIT\nserver\n", "#!/bin/sh\nPORT=80 server\n",
          "#!/bin/sh\nserver || echo failed\n"}) {
        const auto file = in.add("entrypoint.sh", text);
        EXPECT_EQ(fix(in.path()).fixed, 0U) << text;
        EXPECT_EQ(*read_file(file).text, text);
    }
}

TEST(Fix, LeavesAFileAloneThatHasChanged) {
    test_folder in;
    const auto file = in.add("x", "new");
    EXPECT_NE(rewrite_file(file, "old", "mended"), "");
    EXPECT_EQ(*read_file(file).text, "new");
    EXPECT_NE(rewrite_file(in.path() / "none", "", "x"), "");
}

}  // namespace
}  // namespace lastcall::lint
