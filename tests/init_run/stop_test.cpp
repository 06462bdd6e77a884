// A stop from its signal to the exit: phases, budget, report, kill, exit status.
#include <signal.h>
#include <unistd.h>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

LASTCALL_SCENARIO(ignores_term) {
    ::signal(SIGTERM, SIG_IGN);
    say("ready");
    for (;;) {
        ::pause();
    }
}

class KeeperStop : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperStop,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

TEST_P(KeeperStop, EndsWithTheStatusOfTheMainProgramAndOneLine) {
    keeper_process k({GetParam(), {}, shell("exit 7")});
    EXPECT_EQ(k.wait(), 7) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("cause":"main_exited","sender":null)")) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("status":7})")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "exit"), 7) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "left"), 0) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperStop, SaysWhyBeforeItKillsAProgramThatIgnoresItsStop) {
    keeper_process k(
        {GetParam(), {"--grace", "700ms", "--reserve", "200ms"}, scenario_command("ignores_term")});
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_GE(k.took(), 450ms) << "the budget but for its reserve is the program's";
    EXPECT_LT(k.took(), 5s);
    EXPECT_TRUE(has(k.messages(), "1 process has not stopped, and will be killed:")) << k.err();
    EXPECT_TRUE(has(k.messages(), "SIGTERM ignored")) << k.err();
    EXPECT_TRUE(has(k.messages(), "cause: ")) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed_by_keeper":true)")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "killed_count"), 1) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("why":"[L03] it ignores SIGTERM)")) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperStop, NamesWhoAskedForIt) {
    keeper_process k({GetParam(), {}, shell("kill -TERM $PPID; exec sleep 30")});
    EXPECT_EQ(k.wait(), 143) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("cause":"signal","sender":{"signal":"SIGTERM","pid":)"))
        << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("from":"process")")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "uid"), static_cast<long>(::getuid())) << k.err();
    const auto main_pid = number_in(k.last_line().substr(k.last_line().find("\"main\"")), "pid");
    EXPECT_EQ(number_in(k.last_line(), "pid"), main_pid) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("command":"/bin/sh -c kill)") ||
                has(k.last_line(), R"("command":"sleep 30")"))
        << k.err();
}

TEST(KeeperStopFromOutside, HasASenderWithoutAnId) {
    SKIP_WITHOUT_NAMESPACES(place::first_process);
    keeper_process k({place::first_process, {}, shell("echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143);
    EXPECT_TRUE(has(k.last_line(), R"("signal":"SIGTERM","pid":0,)")) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("from":"outside")")) << k.err();
}

TEST_P(KeeperStop, IsShortenedToTheReserveByASecondSignal) {
    keeper_process k(
        {GetParam(), {"--grace", "15s", "--reserve", "300ms"}, scenario_command("ignores_term")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    ::usleep(50'000);
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137);
    EXPECT_GE(k.took(), 300ms);
    EXPECT_LT(k.took(), 5s);
    EXPECT_EQ(number_in(k.last_line(), "stop_signals"), 2) << k.err();
}

TEST_P(KeeperStop, KillsAtOnceAtTheThirdSignal) {
    keeper_process k(
        {GetParam(), {"--grace", "18s", "--reserve", "8s"}, scenario_command("ignores_term")});
    ASSERT_TRUE(k.wait_for("ready"));
    for (int i = 0; i < 3; ++i) {
        k.signal(SIGTERM);
        ::usleep(50'000);
    }
    EXPECT_EQ(k.wait(), 137);
    EXPECT_LT(k.took(), 5s);
    EXPECT_EQ(number_in(k.last_line(), "stop_signals"), 3) << k.err();
}

TEST_P(KeeperStop, WaitsTheDelayBeforeTheSignal) {
    keeper_process k({GetParam(), {"--delay", "400ms"}, shell("echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143);
    EXPECT_GE(k.took(), 400ms);
    EXPECT_LT(k.took(), 5s);
    EXPECT_GE(number_in(k.last_line(), "announcing_ms"), 400) << k.err();
}

TEST_P(KeeperStop, RunsThePreStopCommandWithTheTimeAndTheMainProgramsId) {
    keeper_process k({GetParam(),
                      {"--grace", "5s", "--pre-stop",
                       "echo grace=$LASTCALL_GRACE deadline=$LASTCALL_DEADLINE "
                       "main=$LASTCALL_MAIN_PID; kill -0 $LASTCALL_MAIN_PID && echo alive"},
                      shell("trap 'echo told; exit 0' TERM; echo ready; "
                            "while :; do sleep 0.02; done")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_TRUE(has(k.out(), "grace=4")) << k.out() << k.err();
    EXPECT_TRUE(has(k.out(), "alive\n")) << k.out();
    EXPECT_LT(k.out().find("alive"), k.out().find("told")) << k.out();
    EXPECT_FALSE(has(k.out(), "deadline= ")) << k.out();
    EXPECT_FALSE(has(k.out(), "main=;")) << k.out();
}

TEST_P(KeeperStop, GoesOnAfterAPreStopCommandThatFails) {
    keeper_process k({GetParam(), {"--pre-stop", "exit 3"}, shell("echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143);
    EXPECT_TRUE(has(k.messages(), "the pre-stop command exited with status 3")) << k.err();
    EXPECT_LT(k.took(), 5s);
}

TEST_P(KeeperStop, GivesAPreStopCommandHalfOfTheTime) {
    keeper_process k(
        {GetParam(),
         {"--grace", "1200ms", "--reserve", "200ms", "--pre-stop", "sleep 30; echo never"},
         shell("echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143);
    EXPECT_GE(k.took(), 450ms);
    EXPECT_LT(k.took(), 5s);
    EXPECT_TRUE(has(k.messages(), "has used up its time and is killed: sleep 30")) << k.err();
    EXPECT_FALSE(has(k.out(), "never"));
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperStop, MapsTheExitStatusAfterAStopInTime) {
    keeper_process k({GetParam(), {"--exit-map", "143=0"}, shell("echo ready; exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "exit"), 0);
}

TEST_P(KeeperStop, DoesNotMapTheExitStatusWhereNobodyAskedForAStop) {
    keeper_process k({GetParam(), {"--exit-map", "143=0"}, shell("kill -TERM $$")});
    EXPECT_EQ(k.wait(), 143) << k.err();
}

TEST_P(KeeperStop, DoesNotMapTheExitStatusOfAStopThatHadToKill) {
    keeper_process k(
        {GetParam(),
         {"--exit-map", "143=0", "--grace", "600ms", "--reserve", "200ms"},
         shell("(trap '' TERM; echo ready; while :; do sleep 1; done) & exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143) << k.err();
    EXPECT_GE(number_in(k.last_line(), "killed_count"), 1) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperStop, SaysByItsStatusThatItHadToKillWhereThatIsAskedFor) {
    keeper_process k(
        {GetParam(),
         {"--exit-unclean", "75", "--grace", "600ms", "--reserve", "200ms"},
         shell("(trap '' TERM; echo ready; while :; do sleep 1; done) & exec sleep 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 75) << k.err();
}

}  // namespace
}  // namespace lastcall::init_run
