// What the main program leaves behind.
#include <signal.h>
#include <unistd.h>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;

class KeeperLeftBehind : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperLeftBehind,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

/// A daemon in a session of its own that cleans up for `seconds` once it is told to stop.
std::string daemon_that_cleans_up(const std::string& file, const std::string& seconds) {
    return "setsid /bin/sh -c 'trap \"sleep " + seconds + "; echo clean > " + file +
           "; exit 0\" TERM; echo daemon; while :; do sleep 0.02; done' & ";
}

TEST_P(KeeperLeftBehind, ADaemonHasTheTimeToCleanUp) {
    const private_folder folder;
    const std::string file = folder / "done";
    keeper_process k({GetParam(),
                      {"--grace", "10s"},
                      shell(daemon_that_cleans_up(file, "1") + "echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    ASSERT_TRUE(k.wait_for("daemon"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143) << k.err();
    EXPECT_EQ(read_file(file), "clean\n") << k.err();
    EXPECT_GE(k.took(), 1s);
    EXPECT_LT(k.took(), 8s);
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
    EXPECT_GE(number_in(k.last_line(), "stopping_rest_ms"), 900) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperLeftBehind, IsToldWhenTheMainProgramEndsByItself) {
    const private_folder folder;
    const std::string file = folder / "done";
    keeper_process k({GetParam(),
                      {},
                      shell(daemon_that_cleans_up(file, "0.2") + "read line; sleep 0.3; exit 5")});
    EXPECT_EQ(k.wait(), 5) << k.err();
    EXPECT_EQ(read_file(file), "clean\n") << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST(KeeperLeftBehind, IsLeftBehindWhereOnlyTheMainProgramIsWaitedFor) {
    const private_folder folder;
    const std::string file = folder / "pid";
    keeper_process k({place::subreaper,
                      {"--wait-for", "main"},
                      shell("sleep 60 & echo $! > " + file + "; exit 4")});
    EXPECT_EQ(k.wait(), 4) << k.err();
    EXPECT_FALSE(has(k.err(), "SIGKILL")) << k.err();
    const pid_t left = std::stoi(read_file(file));
    EXPECT_EQ(::kill(left, 0), 0) << "it was ended";
    ::kill(left, SIGKILL);
}

TEST_P(KeeperLeftBehind, ADoubleForkIsWaitedFor) {
    const private_folder folder;
    const std::string file = folder / "done";
    keeper_process k({GetParam(),
                      {},
                      shell("(setsid sh -c '(trap \"\" TERM HUP; sleep 0.5; echo clean > " + file +
                            ") &' &); sleep 0.2; exit 3")});
    EXPECT_EQ(k.wait(), 3) << k.err();
    EXPECT_EQ(read_file(file), "clean\n") << k.err();
    EXPECT_GE(number_in(k.last_line(), "reaped"), 1) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

// The helper was born after the signal; that something else is reaped meanwhile is no
// reason to signal it.
TEST_P(KeeperLeftBehind, AHelperOfTheCleaningUpIsLeftToItsParent) {
    const private_folder folder;
    const std::string file = folder / "done";
    keeper_process k({GetParam(),
                      {},
                      shell(daemon_that_cleans_up(file, "0.2; sleep 0.7 || exit 1") +
                            "(trap \"\" TERM; exec sleep 0.5) & sleep 0.2; exit 0")});
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_EQ(read_file(file), "clean\n") << k.err();
}

TEST_P(KeeperLeftBehind, AStoppedProcessIsToldToGoOn) {
    const private_folder folder;
    const std::string file = folder / "done";
    keeper_process k({GetParam(),
                      {"--grace", "10s"},
                      shell("sh -c 'trap \"echo clean > " + file +
                            "; exit 0\" TERM; kill -STOP $$; while :; do sleep 0.02; done' & "
                            "sleep 0.3; exit 0")});
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_EQ(read_file(file), "clean\n") << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
}

TEST_P(KeeperLeftBehind, AStoppedMainProgramIsToldToGoOn) {
    keeper_process k({GetParam(),
                      {"--grace", "10s"},
                      shell("trap 'echo told; exit 4' TERM; echo ready; kill -STOP $$; "
                            "while :; do sleep 0.02; done")});
    ASSERT_TRUE(k.wait_for("ready"));
    ::usleep(200'000);
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 4) << k.err();
    EXPECT_LT(k.took(), 5s);
}

}  // namespace
}  // namespace lastcall::init_run
