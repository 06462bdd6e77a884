// The systemd sequence on real processes.
#include <csignal>

#include "drill/sequence/unit_file.hpp"
#include "support.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/process_set.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::folder;
using testing::ready_subject;
using testing::stop;

sequence_plan unit(const std::string& lines) {
    const folder files;
    std::ofstream(files.file("web.service")) << "[Service]\n" << lines;
    return read_unit(files.file("web.service"));
}

const std::string graceful =
    "trap 'echo got TERM; exit 3' TERM; trap 'echo got QUIT; exit 4' QUIT; echo ready; "
    "while :; do sleep 0.02; done";

TEST(SystemdRun, RunsExecStopWithTheMainPidAndExecStopPostWithTheResult) {
    const folder files;
    ready_subject service({.argv = {"sh", "-c", graceful}, .in_cgroup = true});
    const auto result =
        stop(unit("TimeoutStopSec=5s\nExecStop=kill -s QUIT $MAINPID\n"
                  "ExecStopPost=sh -c 'echo $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS > " +
                  files.file("post") + "'\n"),
             *service.who);
    EXPECT_TRUE(service.has("got QUIT"));
    EXPECT_EQ(result.trial.exit.code, 4);
    EXPECT_EQ(testing::text_of(files.file("post")), "exit-code exited 4\n");
    EXPECT_TRUE(result.has_note("ExecStop `kill -s QUIT ")) << testing::notes_of(result.trial);
    EXPECT_FALSE(result.trial.exit.killed_by_us);
}

TEST(SystemdRun, KillsTheRestOfTheGroupWithTheMainProcessGone) {
    std::string why;
    if (!sys::control_group::make(why)) {
        GTEST_SKIP() << "no cgroup can be made here: " << why;
    }
    ready_subject service(
        {.argv = {"sh", "-c",
                  "env -i setsid sh -c 'trap \"\" TERM; sleep 68 & sleep 69' & " + graceful},
         .in_cgroup = true});
    const auto result = stop(unit("TimeoutStopSec=5s\nKillMode=mixed\n"), *service.who);
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_FALSE(result.trial.exit.killed_by_us) << "main has ended by itself";
    EXPECT_TRUE(result.has_note("SIGKILL to the rest")) << testing::notes_of(result.trial);
    EXPECT_TRUE(service.who->processes().empty());
    EXPECT_TRUE(result.trial.leftovers.empty());
}

TEST(SystemdRun, LeavesTheRestRunningWithKillModeProcess) {
    ready_subject service({.argv = {"sh", "-c", "sleep 70 & " + graceful}, .in_cgroup = true});
    const auto result = stop(unit("TimeoutStopSec=5s\nKillMode=process\n"), *service.who);
    EXPECT_EQ(result.trial.exit.code, 3);
    ASSERT_EQ(result.trial.leftovers.size(), 1U);
    EXPECT_NE(result.trial.leftovers[0].text.find("sleep 70"), std::string::npos);
}

TEST(SystemdRun, GrantsTheTimeThatTheServiceAsksFor) {
    const std::string asks =
        "import os, signal, socket, sys, time\n"
        "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "name = os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1)\n"
        "def stop(*_):\n"
        "    s.sendto(b'STOPPING=1\\nEXTEND_TIMEOUT_USEC=5000000', name)\n"
        "    time.sleep(0.8)\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\nprint('ready', flush=True)\n"
        "while True: time.sleep(1)\n";
    ready_subject service({.argv = {"/usr/bin/python3", "-c", asks}, .hears_notify = true});
    const auto result = stop(unit("TimeoutStopSec=400ms\n"), *service.who);
    EXPECT_FALSE(result.trial.exit.killed_by_us) << testing::notes_of(result.trial);
    EXPECT_EQ(result.trial.exit.code, 0);
    EXPECT_TRUE(result.has_note("STOPPING=1"));
    EXPECT_TRUE(result.has_note("EXTEND_TIMEOUT_USEC"));
}

TEST(SystemdRun, BoundsAnExecStopThatHangs) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result = stop(unit("TimeoutStopSec=300ms\nExecStop=sleep 30\n"), *service.who);
    EXPECT_EQ(result.trial.exit.code, 3) << "the signal came after it";
    EXPECT_GE(result.between(mark::signal_sent, mark::exited), 300ms);
    EXPECT_TRUE(result.has_note("longer than TimeoutStopSec"));
}

}  // namespace
}  // namespace lastcall::drill
