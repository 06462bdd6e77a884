// `lastcall up` as far as the keeper: beside it lies one that only tells how it was started.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "cli/program.hpp"

namespace lastcall::testing {
namespace {

class Up : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "cli-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        std::filesystem::copy_file(LASTCALL, folder_ / "lastcall");
        for (const char* const program : {"lastcall-keeper", "lastcall-init"}) {
            std::ofstream(folder_ / program)
                << "#!/bin/sh\necho \"$@\"\n"
                   "flock -n $LASTCALL_HOME/run/lock true || echo locked\nexit 3\n";
            std::filesystem::permissions(folder_ / program, std::filesystem::perms::owner_all);
        }
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] program_result up(const std::string& arguments) const {
        return run_shell("LASTCALL_HOME=" + (folder_ / "home").string() + " " +
                         (folder_ / "lastcall").string() + " up " + arguments);
    }

    std::filesystem::path folder_;
};

TEST_F(Up, BecomesTheKeeperThatHoldsTheLock) {
    const auto made = up("--port 0 --env SECRET=x -- /bin/sleep 100");
    const auto at = [this](const char* name) { return (folder_ / name).string(); };
    EXPECT_EQ(made.status, 3) << made.output;
    // Which descriptor it is depends on what the test itself was started with.
    const auto expected = "--init " + at("lastcall-init") + " --lock-fd [0-9]+ -- " +
                          at("lastcall") + " agent --wanted " + at("home/run/wanted.json") +
                          " --init " + at("lastcall-init") + "\nlocked\n";
    EXPECT_TRUE(std::regex_match(made.output, std::regex(expected))) << made.output;
    const auto wanted = folder_ / "home" / "run" / "wanted.json";
    EXPECT_NE(contents_of(wanted).find("\"SECRET\":\"x\""), std::string::npos);
    EXPECT_EQ(std::filesystem::status(wanted).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Up, InTheBackgroundTellsWhyTheKeeperEnded) {
    const auto made = up("-d --port 0 -- /bin/sleep 100");
    EXPECT_EQ(made.status, 1) << made.output;
    EXPECT_NE(made.output.find("the keeper has ended with status 3"), std::string::npos)
        << made.output;
    EXPECT_NE(made.output.find("| locked\n"), std::string::npos) << made.output;
}

TEST_F(Up, SaysWhichProgramIsMissingAndLeavesNothing) {
    std::filesystem::remove(folder_ / "lastcall-keeper");
    const auto made = run_shell("PATH=/nowhere LASTCALL_HOME=" + (folder_ / "home").string() + " " +
                                (folder_ / "lastcall").string() + " up -- /bin/sleep 100");
    EXPECT_EQ(made.status, 1) << made.output;
    EXPECT_NE(made.output.find("there is no lastcall-keeper in " + folder_.string()),
              std::string::npos)
        << made.output;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "home" / "run" / "wanted.json"));
}

}  // namespace
}  // namespace lastcall::testing
