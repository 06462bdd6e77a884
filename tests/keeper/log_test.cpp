// Logs: whole lines, bounded files, and a disk that is full stops nobody.
#include <signal.h>
#include <sys/mount.h>

#include <sstream>

#include "keeper/keeper_lab.hpp"

namespace lastcall::test {
namespace {

TEST(KeeperLog, KeepsLinesWholeAcrossRotation) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    auto start = lab.start_of("web", 1, {"loud=4000", "ready"});
    start.add("log_limit", 64 << 10).add("log_keep", 9);
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(start).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(agent
                    .ask(keeper_message("signal")
                             .add("service", "web")
                             .add("generation", 1)
                             .add("signal", SIGTERM))
                    .is("done"));
    agent.wait_for("exited", 1);
    std::string all;
    int files = 0;
    for (int number = 9; number >= 0; --number) {
        const std::string name =
            lab.path("web.log") + (number == 0 ? "" : "." + std::to_string(number));
        if (std::filesystem::exists(name)) {
            EXPECT_LE(std::filesystem::file_size(name), 64U << 10U);
            all += contents_of(name);
            ++files;
        }
    }
    EXPECT_GE(files, 3);
    std::istringstream lines(all);
    std::string line;
    int expected = 0;
    while (std::getline(lines, line)) {
        char wanted[80];
        std::snprintf(wanted, sizeof wanted, "web1 line %08d of the log that must stay whole",
                      expected++);
        ASSERT_EQ(line, wanted);
    }
    EXPECT_EQ(expected, 4000);
}

TEST(KeeperLog, DropsAndCountsWhatAFullDiskDoesNotTakeAndTheServiceGoesOn) {
    keeper_lab lab;
    const std::string disk = lab.path("disk");
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
        GTEST_SKIP() << "a file system of 1 MB needs the right to mount";
    }
    {
        auto agent = lab.next_agent();
        const int port = keeper_lab::listen(agent, "web");
        auto start = lab.start_of("web", 1, {"loud=60000", "ready"});
        start = [&] {
            keeper_message other("start");
            other.add("service", "web").add("generation", 1);
            for (const auto& word : start.all("argv")) {
                other.add("argv", word);
            }
            return other.add("sockets", "http").add("init", "--quiet").add("log", disk + "/log");
        }();
        ASSERT_TRUE(agent.ask(start).is("done"));
        agent.wait_for("notify", 1);
        EXPECT_EQ(fetch(port), "web1");
        const auto told = agent.wait_for("log_dropped");
        EXPECT_GT(told.number("bytes").value_or(0), 0);
        EXPECT_EQ(told.number("error"), ENOSPC);
        EXPECT_TRUE(contents_of(disk + "/log").starts_with("web1 line 00000000"));
        agent.ask(keeper_message("kill").add("service", "web").add("generation", 1));
        agent.wait_for("exited", 1);
        agent.ask(keeper_message("forget").add("service", "web").add("generation", 1));
    }
    ::umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace lastcall::test
