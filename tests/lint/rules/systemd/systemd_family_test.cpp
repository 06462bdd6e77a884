// What units are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include <iterator>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

std::vector<finding> lint_units(const test_folder& in, bool fixes = false) {
    using namespace std::chrono;
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1, fixes}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

std::string unit_content(const std::filesystem::path& file) {
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

struct mended_unit {
    std::string_view name;
    std::string_view before;
    std::string_view after;
};

TEST(Units, AreMendedWhereNothingHasToBeDecided) {
    constexpr mended_unit units[] = {
        {"exec", "[Service]\r\nExecStart=/bin/sh -c 'prepare; server' # no comment\r\n",
         "[Service]\r\nExecStart=/bin/sh -c 'prepare; exec server' # no comment\r\n"},
        {"continued",
         "[Service]\nExecStart=/bin/sh -c \" \\\n  prepare && \\\n  server --name=\\\"a "
         "b\\\"\"\n",
         "[Service]\nExecStart=/bin/sh -c \" \\\n  prepare && \\\n  exec server "
         "--name=\\\"a b\\\"\"\n"},
        {"kill",
         "[Service]\nExecStart=/usr/bin/server\nExecStop=/bin/kill \\\n  -9 $MAINPID\nRestart=no",
         "[Service]\nExecStart=/usr/bin/server\nRestart=no"},
        {"signal", "[Service]\nExecStart=/usr/bin/server\nKillSignal = KILL \n",
         "[Service]\nExecStart=/usr/bin/server\nKillSignal = SIGTERM \n"},
        {"java", "[Service]\nExecStart=/usr/bin/java -jar a.jar\n[Install]\n",
         "[Service]\nExecStart=/usr/bin/java -jar a.jar\nSuccessExitStatus=143\n[Install]\n"},
        {"order",
         "[Unit]\nRequires=db.service cache.service\n\n[Service]\nExecStart=/usr/bin/server\n",
         "[Unit]\nRequires=db.service cache.service\nAfter=db.service cache.service\n\n"
         "[Service]\nExecStart=/usr/bin/server\n"},
        {"access", "[Service]\nType=notify\nExecStart=/usr/bin/server\nNotifyAccess=none\n",
         "[Service]\nType=notify\nExecStart=/usr/bin/server\nNotifyAccess=main\n"},
    };
    for (const mended_unit& one : units) {
        SCOPED_TRACE(one.name);
        test_folder in;
        const auto file = in.add(std::string(one.name) + ".service", one.before);
        (void)lint_units(in, true);
        EXPECT_EQ(unit_content(file), one.after);
        for (const finding& left : lint_units(in, true)) {
            EXPECT_FALSE(left.is_fixed) << left.broken->id;
        }
        EXPECT_EQ(unit_content(file), one.after);
    }
}

TEST(Units, OfSeveralStopsThatKillEachIsToldAndTakenOut) {
    test_folder in;
    const std::string begin = "[Service]\nExecStart=/usr/bin/server\n";
    const std::string kill = "ExecStop=/bin/kill -9 $MAINPID\n";
    const auto file = in.add("web.service", begin + kill + kill);
    ASSERT_EQ(lint_units(in, true).size(), 2U);
    EXPECT_EQ(unit_content(file), begin);
    EXPECT_TRUE(lint_units(in, true).empty());
}

TEST(Units, NothingIsPutIntoAWordWithoutQuotes) {
    test_folder in;
    constexpr std::string_view text = "[Service]\nExecStart=sh -c server\n";
    const auto file = in.add("web.service", text);
    EXPECT_EQ(lint_units(in, true).size(), 1U);
    EXPECT_EQ(unit_content(file), text);
}

TEST(Units, ASecondStartOfADropInTakesTheFirstOneBack) {
    test_folder in;
    in.add("web.service", "[Service]\nExecStart=/usr/bin/server\n");
    const auto file = in.add("web.service.d/a.conf", "[Service]\nExecStart=/usr/bin/other\n");
    (void)lint_units(in, true);
    EXPECT_EQ(unit_content(file), "[Service]\nExecStart=\nExecStart=/usr/bin/other\n");
    EXPECT_TRUE(lint_units(in).empty());
}

TEST(Units, AFindingInACommandStandsAtItsProgram) {
    test_folder in;
    in.add("web.service",
           "[Service]\nExecStart=/bin/sh -c ' \\\n  prepare; \\\n  server --port 80'\n");
    const auto found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "U13");
    EXPECT_EQ(found[0].at.line, 4U);
    EXPECT_EQ(found[0].at.column, 3U);
    EXPECT_EQ(found[0].at.size, std::string_view("server --port 80").size());
}

TEST(Units, ADropInOfAllServicesIsToldOfOnce) {
    test_folder in;
    in.add("a.service", "[Service]\nExecStart=/bin/sh -c 'prepare; server'\n");
    in.add("b.service", "[Service]\nExecStart=/bin/sh -c 'prepare; server'\n");
    in.add("c.service", "[Service]\nExecStart=/usr/bin/server\n");
    in.add("service.d/a.conf", "[Service]\nKillMode=process\n");
    const auto found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "U02");
    EXPECT_TRUE(found[0].file.ends_with("service.d/a.conf"));
    ASSERT_EQ(found[0].further.size(), 1U);
    EXPECT_TRUE(found[0].further[0].file.ends_with("a.service"));
}

TEST(Units, OfSystemdsFoldersTheOthersAreReadToo) {
    test_folder in;
    in.add("usr/lib/systemd/system/web.service",
           "[Service]\nExecStart=/usr/bin/start-web\nKillMode=mixed\n");
    in.add("usr/bin/start-web", "#!/bin/sh\nprepare\nserver\n");
    in.add("etc/systemd/system/web.service.d/a.conf", "[Service]\nTimeoutStopSec=5\n");
    auto found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "U08");
    in.add("etc/systemd/system/web.service.d/a.conf", "[Service]\nKillMode=control-group\n");
    found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "U13");
}

TEST(Units, WhatRunsInAContainerHasOptionsOfItsOwn) {
    test_folder in;
    const std::string begin = "[Service]\nExecStart=/usr/bin/docker run ";
    in.add("web.service", begin + "--rm -p 80:80 --name web example/web server -d /data\n");
    auto found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "U12");
    EXPECT_NE(found[0].what.find("the client of Docker, and not the container"), std::string::npos);
    in.add("web.service", begin + "-dp 80:80 --name web example/web\n");
    found = lint_units(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].what.find("the client ends at once"), std::string::npos);
}

TEST(Units, OfGarbageFindsAnEnd) {
    test_folder in;
    std::string text = "[Service]\n";
    for (int i = 0; i < 3000; ++i) {
        text +=
            "ExecStop=/bin/sh -c '$( if (('\nExecStart=@ ; ;; \"\\x\nKillMode=none\n[Unit\n"
            "Requires=%%%i @x@ .service\n[Service]\nTimeoutSec=99999999999999999999y\n";
    }
    in.add("web.service", text);
    in.add("web.service.d/a.conf", text);
    EXPECT_FALSE(lint_units(in).empty());
}

TEST(Units, ReportsWhatSystemdCannotReadButNotOfATemplate) {
    test_folder in;
    const std::string text = "[Service]\nExecStart=/bin/sh -c 'open\n";
    in.add("web.service", text);
    ASSERT_EQ(lint_units(in).size(), 1U);
    EXPECT_EQ(lint_units(in)[0].broken->id, "G02");
    in.add("web.service", "# {{ ansible_managed }}\n" + text + "User={{ user }}\n");
    in.add("web.service", "[Service]\nExecStart=/bin/sh -c '{{ command }}\n");
    EXPECT_TRUE(lint_units(in).empty());
}

}  // namespace
}  // namespace lastcall::lint
