#include "lint/engine/baseline.hpp"

#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

struct known_run {
    lint_summary summary;
    std::vector<finding> found;
};

known_run lint_known(const fs::path& path, baseline* known,
                     const profile& under = usual_profile()) {
    known_run made;
    lint_request asked{{path}, year(2026) / 6 / 1};
    asked.known = known;
    asked.under = &under;
    made.summary = lint(asked, [&](std::span<const finding> found) {
        made.found.insert(made.found.end(), found.begin(), found.end());
    });
    return made;
}

/// A baseline of what is found in the folder now.
fs::path baseline_of(test_folder& in, const fs::path& tree) {
    const auto file = in.path() / "lint.json";
    baseline made(file);
    for (const finding& one : lint_known(tree, nullptr).found) {
        made.add(one);
    }
    return in.add("lint.json", made.text());
}

TEST(Baseline, WhatItHasIsKnownWhereverItsLineIs) {
    test_folder in;
    in.add("src/deploy.sh", "#!/bin/sh\npkill -9 web\n");
    baseline known(baseline_of(in, in.path() / "src"));
    in.add("src/deploy.sh", "#!/bin/sh\n# one line more\n\n  pkill   -9 web\n");
    ASSERT_EQ(known.read(), "");
    const auto made = lint_known(in.path() / "src", &known);
    ASSERT_EQ(made.found.size(), 1U);
    EXPECT_TRUE(made.found[0].is_known);
    EXPECT_EQ(made.summary.known, 1U);
    EXPECT_FALSE(made.summary.has_findings());
}

TEST(Baseline, OneMoreOfTheSameIsNew) {
    test_folder in;
    in.add("src/deploy.sh", "#!/bin/sh\npkill -9 web\n");
    baseline known(baseline_of(in, in.path() / "src"));
    in.add("src/deploy.sh", "#!/bin/sh\npkill -9 web\npkill -9 web\ndocker kill web\n");
    ASSERT_EQ(known.read(), "");
    const auto made = lint_known(in.path() / "src", &known);
    EXPECT_EQ(made.summary.known, 1U);
    EXPECT_EQ(made.summary.errors + made.summary.warnings, 2U);
}

TEST(Baseline, SaysWhatIsNotThereAnyMore) {
    test_folder in;
    in.add("src/a.sh", "#!/bin/sh\npkill -9 web\n");
    in.add("src/b.sh", "#!/bin/sh\npkill -9 web\n");
    in.add("src/c/d.sh", "#!/bin/sh\npkill -9 web\n");
    const auto file = baseline_of(in, in.path() / "src");
    in.add("src/a.sh", "#!/bin/sh\n");
    fs::remove(in.path() / "src/b.sh");
    baseline known(file);
    ASSERT_EQ(known.read(), "");
    const auto made = lint_known(in.path() / "src", &known);
    ASSERT_EQ(made.found.size(), 3U);
    EXPECT_EQ(made.found[1].broken->id, "G04");
    EXPECT_EQ(made.found[1].at.line, 2U);
    EXPECT_EQ(made.found[1].what, "S14 in src/a.sh is not there any more");
    EXPECT_EQ(made.found[2].what, "S14 in src/b.sh is not there any more");
    EXPECT_FALSE(made.summary.has_findings());

    // Nothing is said of what was not looked at.
    baseline again(file);
    ASSERT_EQ(again.read(), "");
    const auto part = lint_known(in.path() / "src/c", &again);
    ASSERT_EQ(part.found.size(), 2U);
    EXPECT_EQ(part.found[1].what, "S14 in src/b.sh is not there any more");
}

TEST(Baseline, IsTheSameTextWhereNothingHasChanged) {
    test_folder in;
    in.add("src/deploy.sh", "#!/bin/sh\npkill -9 \"web\"\npkill -9 \"web\"\n");
    baseline known(baseline_of(in, in.path() / "src"));
    ASSERT_EQ(known.read(), "");
    EXPECT_EQ(known.size(), 2U);
    baseline other(baseline_of(in, in.path() / "src"));
    ASSERT_EQ(other.read(), "");
    EXPECT_EQ(known.text(), other.text());
}

TEST(Baseline, RefusesWhatIsNone) {
    test_folder in;
    for (const char* text :
         {"", "[]", "{\"findings\":[]}", "{\"lastcall_lint_baseline\":2}", "{"}) {
        EXPECT_NE(baseline(in.add("lint.json", text)).read(), "") << text;
    }
    EXPECT_NE(baseline(in.path() / "none").read(), "");
}

TEST(Profile, DecidesHowMuchAFindingWeighs) {
    test_folder in;
    in.add("Dockerfile", "FROM debian:12\nHEALTHCHECK CMD [\"probe\"]\nCMD [\"server\"]\n");
    EXPECT_EQ(lint_known(in.path(), nullptr).summary.notes, 1U);
    EXPECT_EQ(lint_known(in.path(), nullptr, *find_profile("strict")).summary.warnings, 1U);
    EXPECT_TRUE(lint_known(in.path(), nullptr, *find_profile("kubernetes")).found.empty());
    EXPECT_EQ(find_profile("other"), nullptr);
}

}  // namespace
}  // namespace lastcall::lint
