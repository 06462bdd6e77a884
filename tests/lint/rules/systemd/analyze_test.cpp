// What `systemd-analyze verify` says about units that lose work at a stop: nothing. That is why
// these rules exist; where it learns to, this test says so.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

struct hazard {
    std::string_view name;
    std::string_view rule;
    std::string_view settings;
};

constexpr std::array hazards{
    hazard{"endless", "U03", "ExecStart=/bin/sleep 1000\nTimeoutStopSec=infinity\n"},
    hazard{"unkilled", "U04", "ExecStart=/bin/sleep 1000\nSendSIGKILL=no\n"},
    hazard{"pipeline", "U02",
           "ExecStart=/bin/sh -c '/usr/bin/yes | /bin/cat > /dev/null'\nKillMode=process\n"},
    hazard{"kill", "U06", "ExecStart=/bin/sleep 1000\nExecStop=/bin/kill -9 $MAINPID\n"},
    hazard{"signal", "U07", "ExecStart=/bin/sleep 1000\nKillSignal=SIGKILL\n"},
    hazard{"forking", "U09", "Type=forking\nExecStart=/bin/sleep 1000\n"},
    hazard{"notify", "U14", "Type=notify\nNotifyAccess=none\nExecStart=/bin/sleep 1000\n"},
    hazard{"late", "U03", "ExecStart=/bin/sleep 1000\nExecStop=/bin/sleep 100\nTimeoutSec=5\n"},
};

struct verdict {
    int status = -1;
    std::string said;
};

verdict verify(const std::filesystem::path& file) {
    const std::string command = "systemd-analyze verify '" + file.string() + "' 2>&1";
    verdict made;
    FILE* const from = ::popen(command.c_str(), "r");
    if (from == nullptr) {
        return made;
    }
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), from)) {
        made.said.append(buffer.data(), size);
    }
    const int status = ::pclose(from);
    made.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return made;
}

std::string unit_text(std::string_view settings) {
    return "[Unit]\nDescription=Web\n\n[Service]\n" + std::string(settings) +
           "\n[Install]\nWantedBy=multi-user.target\n";
}

bool has_analyze() { return std::system("command -v systemd-analyze > /dev/null 2>&1") == 0; }

TEST(SystemdAnalyze, IsSilentOnWhatLosesWorkAtAStop) {
    if (!has_analyze()) {
        GTEST_SKIP() << "systemd-analyze is not installed: only lint would be looked at";
    }
    {
        // That it works here at all.
        test_folder in;
        const auto said = verify(
            in.add("typo.service", unit_text("ExecStart=/bin/sleep 1000\nKillMoode=none\n")));
        if (said.status != 0 || said.said.find("KillMoode") == std::string::npos) {
            GTEST_SKIP() << "systemd-analyze does not work here: " << said.said;
        }
    }
    for (const hazard& one : hazards) {
        SCOPED_TRACE(one.name);
        test_folder in;
        const auto file = in.add(std::string(one.name) + ".service", unit_text(one.settings));
        const auto said = verify(file);
        EXPECT_EQ(said.status, 0);
        EXPECT_EQ(said.said.find(file.filename().string()), std::string::npos) << said.said;
    }
}

TEST(SystemdAnalyze, SaysThatKillModeIsNone) {
    test_folder in;
    const auto said =
        verify(in.add("none.service", unit_text("ExecStart=/bin/sleep 1000\nKillMode=none\n")));
    if (!has_analyze() || said.said.empty()) {
        GTEST_SKIP() << "systemd-analyze is not installed, or does not work here";
    }
    EXPECT_NE(said.said.find("KillMode=none"), std::string::npos) << said.said;
}

TEST(SystemdAnalyze, WhatItIsSilentOnLintFinds) {
    for (const hazard& one : hazards) {
        SCOPED_TRACE(one.name);
        test_folder in;
        in.add(std::string(one.name) + ".service", unit_text(one.settings));
        std::string found;
        lint({{in.path()}, std::chrono::year(2026) / 6 / 1, false},
             [&](std::span<const finding> all) {
                 for (const finding& each : all) {
                     found += std::string(each.broken->id) + " ";
                 }
             });
        EXPECT_NE(found.find(one.rule), std::string::npos) << found;
    }
}

}  // namespace
}  // namespace lastcall::lint
