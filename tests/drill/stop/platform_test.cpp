// Containers and units by programs that answer as `docker` and `systemctl` do.
#include <csignal>

#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::folder;
using testing::folder_in_path;
using testing::ready_subject;
using testing::stop;

template <typename Take>
std::string why_not(const Take& take) {
    try {
        static_cast<void>(take());
    } catch (const std::runtime_error& problem) {
        return problem.what();
    }
    return "it was taken";
}

bool says(const std::string& text, const std::string& part) {
    const bool found = text.find(part) != std::string::npos;
    EXPECT_TRUE(found) << text << "\nhas no: " << part;
    return found;
}

std::string why_no_container(const std::string& script) {
    const folder files;
    static_cast<void>(files.script("docker", "#!/bin/sh\n" + script));
    const folder_in_path path(files.file(""));
    return why_not([] { return take_container("web"); });
}

TEST(Container, SaysWhyItCanNotBeTaken) {
    EXPECT_TRUE(says(why_no_container("echo 'Error response from daemon: No such container: web' "
                                      ">&2; exit 1"),
                     "docker ps lists"));
    EXPECT_TRUE(says(why_no_container("echo 'Cannot connect to the Docker daemon at unix:///x. Is "
                                      "the docker daemon running?' >&2; exit 1"),
                     "is the daemon running"));
    EXPECT_TRUE(
        says(why_no_container("echo 'permission denied while trying to connect' >&2; exit 1"),
             "group docker"));
    EXPECT_TRUE(says(why_no_container("echo Pid=0; echo Status=exited"), "docker start web"));
    EXPECT_TRUE(says(why_no_container("echo Pid=4194303; echo Status=running"),
                     "can not be seen from here"));
    const folder empty;
    const char* before = std::getenv("PATH");
    const std::string path = before;
    ::setenv("PATH", empty.file("").c_str(), 1);
    EXPECT_TRUE(
        says(why_not([] { return take_container("web"); }), "the docker program is needed"));
    EXPECT_TRUE(says(why_not([] { return take_unit("web"); }), "the systemctl program is needed"));
    ::setenv("PATH", path.c_str(), 1);
}

std::string why_no_unit(const std::string& script) {
    const folder files;
    static_cast<void>(files.script("systemctl", "#!/bin/sh\n" + script));
    const folder_in_path path(files.file(""));
    return why_not([] { return take_unit("web.service"); });
}

TEST(Unit, SaysWhyItCanNotBeTaken) {
    EXPECT_TRUE(says(why_no_unit("echo 'System has not been booted with systemd' >&2; exit 1"),
                     "does systemd run"));
    EXPECT_TRUE(says(why_no_unit("echo LoadState=not-found; echo MainPID=0"), "no such unit"));
    EXPECT_TRUE(says(why_no_unit("echo LoadState=loaded; echo ActiveState=inactive; echo "
                                 "SubState=dead; echo MainPID=0"),
                     "(inactive, dead): systemctl start web.service"));
}

/// A `docker` whose container is a process of ours: `stop` sends the signal, waits, and kills.
std::string fake_docker(const folder& files, int pid) {
    return "#!/bin/sh\npid=" + std::to_string(pid) + "\necho \"$@\" >> " + files.file("asked") +
           "\ncase $1 in\n"
           "inspect) echo Pid=$pid; echo Status=running; echo StopSignal=SIGQUIT\n"
           "  echo StopTimeout=7;;\n"
           "stop) kill -TERM $pid; n=$(($3 * 50))\n"
           "  while [ $n -gt 0 ] && [ \"$(cut -d' ' -f3 /proc/$pid/stat 2>/dev/null)\" != Z ] && "
           "kill -0 $pid 2>/dev/null; do sleep 0.02; n=$((n - 1)); done\n"
           "  kill -KILL $pid 2>/dev/null; echo $4;;\nesac\n";
}

TEST(Container, IsStoppedByDockerWhileTheDrillOnlyWatches) {
    const folder files;
    ready_subject service({.argv = {"sh", "-c",
                                    "trap 'sleep 0.2; exit 6' TERM; echo ready; while :; do sleep "
                                    "0.02; done"}});
    static_cast<void>(files.script("docker", fake_docker(files, service.who->main_pid())));
    const folder_in_path path(files.file(""));
    const auto settings = settings_of_container("web");
    EXPECT_EQ(settings.signal, SIGQUIT);
    EXPECT_EQ(settings.grace, 7s);

    const auto who = take_container("web");
    EXPECT_EQ(who->name(), "container web");
    EXPECT_FALSE(who->is_ours());
    const auto result = stop(testing::plan([](sequence_plan& it) {
                                 it.kind = sequence_kind::docker;
                                 it.grace = 2500ms;
                             }),
                             *who);
    EXPECT_TRUE(says(testing::text_of(files.file("asked")), "stop -t 3 web\n"));
    EXPECT_GE(result.between(mark::signal_sent, mark::exited), 200ms);
    EXPECT_NE(result.trial.marks[mark::event_ended], 0);
    EXPECT_EQ(result.trial.marks[mark::killed], 0);
    EXPECT_TRUE(result.has_note("stop command `docker stop -t 3 web`: exit 0 after"))
        << testing::notes_of(result.trial);
    if (testing::kernel_tells_ends()) {
        EXPECT_TRUE(result.trial.exit.known);
        EXPECT_EQ(result.trial.exit.code, 6);
    }
}

TEST(Container, IsSeenToHaveBeenKilledByItsPlatform) {
    const folder files;
    ready_subject service(
        {.argv = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.02; done"}});
    static_cast<void>(files.script("docker", fake_docker(files, service.who->main_pid())));
    const folder_in_path path(files.file(""));
    const auto who = take_container("web");
    const auto result = stop(testing::plan([](sequence_plan& it) {
                                 it.kind = sequence_kind::docker;
                                 it.grace = 1s;
                             }),
                             *who);
    if (!testing::kernel_tells_ends()) {
        GTEST_SKIP() << "how a process ended that is nobody's child tells Linux 6.15";
    }
    ASSERT_TRUE(result.trial.exit.known);
    EXPECT_EQ(result.trial.exit.signal, SIGKILL);
    EXPECT_TRUE(result.trial.exit.killed_by_us);
    EXPECT_NE(result.trial.marks[mark::killed], 0);
    ASSERT_FALSE(result.trial.explanations.empty());
    EXPECT_EQ(result.trial.explanations.front().cause, "ignored");
}

TEST(Unit, IsStoppedBySystemctl) {
    const folder files;
    ready_subject service(
        {.argv = {"sh", "-c", "trap 'exit 2' TERM; echo ready; while :; do sleep 0.02; done"}});
    const auto pid = std::to_string(service.who->main_pid());
    static_cast<void>(files.script(
        "systemctl", "#!/bin/sh\necho \"$@\" >> " + files.file("asked") +
                         "\ncase $1 in\nshow) echo LoadState=loaded; echo MainPID=" + pid +
                         "; echo KillSignal=15; echo 'TimeoutStopUSec=1min 30s'; echo "
                         "ControlGroup=/none.service;;\nstop) kill -TERM " +
                         pid + ";;\nesac\n"));
    const folder_in_path path(files.file(""));
    EXPECT_EQ(settings_of_unit("web.service").grace, 90s);
    const auto who = take_unit("web.service");
    const auto result = stop(testing::plan([](sequence_plan& it) {
                                 it.kind = sequence_kind::systemd;
                                 it.grace = 5s;
                             }),
                             *who);
    EXPECT_TRUE(says(testing::text_of(files.file("asked")), "stop web.service\n"));
    EXPECT_NE(result.trial.marks[mark::exited], 0);
}

TEST(TakeProcess, RefusesWhatIsNotToBeStopped) {
    EXPECT_TRUE(says(why_not([] { return take_process(0); }), "no process has this id"));
    EXPECT_TRUE(says(why_not([] { return take_process(1); }), "init"));
    EXPECT_TRUE(says(why_not([] { return take_process(::getpid()); }), "the drill itself"));
    EXPECT_TRUE(says(why_not([] { return take_process(4194303); }), "no such process"));
    if (::getppid() > 1) {
        EXPECT_TRUE(says(why_not([] { return take_process(::getppid()); }), "started by it"));
    }
}

TEST(TakeProcess, WatchesAProcessThatSomebodyElseStarted) {
    ready_subject service(
        {.argv = {"sh", "-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.02; done"}});
    const auto who = take_process(service.who->main_pid());
    const auto result = stop(testing::plan([](sequence_plan& it) { it.grace = 5s; }), *who);
    EXPECT_NE(result.trial.marks[mark::exited], 0);
    EXPECT_FALSE(result.trial.exit.killed_by_us);
    if (result.trial.exit.known) {  // Linux 6.15
        EXPECT_EQ(result.trial.exit.code, 4);
    }
}

}  // namespace
}  // namespace lastcall::drill
