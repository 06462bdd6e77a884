// What steps are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

std::vector<finding> lint_steps(const std::string& name, std::string_view text) {
    using namespace std::chrono;
    test_folder in;
    in.add(name, text);
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

TEST(Steps, AreToldWhichLimitEndsWhichCommand) {
    const auto found = lint_steps(".github/workflows/a.yml",
                                  "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
                                  "      - timeout-minutes: 5\n        run: |\n"
                                  "          echo ${{ github.ref }}\n"
                                  "          kubectl rollout status deploy/a --timeout=10m\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "S20");
    EXPECT_EQ(found[0].at.line, 9U);
    EXPECT_EQ(found[0].at.column, 11U);
    EXPECT_EQ(found[0].sure, confidence::proven);
    EXPECT_EQ(found[0].what,
              "the command is given up after 300 s (timeout-minutes of the step), but kubectl "
              "rollout status may wait for the rollout for 600 s");
    ASSERT_EQ(found[0].further.size(), 1U);
    EXPECT_EQ(found[0].further[0].at.line, 6U);
    EXPECT_EQ(found[0].further[0].what, "timeout-minutes of the step");
    EXPECT_NE(found[0].source.find("docs.github.com"), std::string::npos);
}

TEST(Steps, OfAPlaybookAreToldAtTheModule) {
    const auto found = lint_steps("site.yml",
                                  "- hosts: a\n  tasks:\n    - name: b\n"
                                  "      community.docker.docker_container:\n        name: c\n"
                                  "        state: stopped\n        stop_timeout: 60\n"
                                  "      async: 30\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].at.line, 4U);
    EXPECT_EQ(found[0].at.column, 7U);
    EXPECT_EQ(found[0].at.size, std::string_view("community.docker.docker_container").size());
    EXPECT_EQ(
        found[0].what,
        "the command is given up after 30 s (async of the task), but the stop that it asks for "
        "may take 60 s");
}

TEST(Steps, AUnitOfWhichNothingIsKnownHasTheUsualLimit) {
    const auto found = lint_steps("site.yml",
                                  "- hosts: a\n  tasks:\n"
                                  "    - systemd: {name: web, state: stopped}\n"
                                  "      timeout: 30\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "S20");
    EXPECT_EQ(found[0].what,
              "the command is given up after 30 s (timeout of the task), but the stop that it asks "
              "for may take 90 s where nothing else is said");
}

TEST(Steps, OnlyTheTimesOfTheirScriptsAreJudged) {
    EXPECT_TRUE(lint_steps(".github/workflows/a.yml",
                           "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
                           "      - run: |\n          server &\n          kill -9 $!\n"
                           "          docker rm -f web\n")
                    .empty());
}

}  // namespace
}  // namespace lastcall::lint
