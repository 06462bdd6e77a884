// Where a lifecycle finds itself: environment variables, a notify socket, PID 1, fork.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lastcall/lifecycle.hpp>
#include <thread>

#include "support/notify_server.hpp"
#include "support/scenario.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::notify_server;
using testing::say;

lifecycle_options options() {
    lifecycle_options o{.service = "env"};
    o.report_file = testing::report_file();
    return o;
}

LASTCALL_SCENARIO(plain) {
    try {
        lifecycle life(options());
        life.add({.name = "part", .close = [] { say("closed"); }});
        life.ready();
        say("ready");
        life.run_and_exit();
    } catch (const std::exception& e) {
        return refuse_start("env", e);
    }
}

TEST(Environment, TheGraceComesFromTheVariable) {
    child c("plain", {"LASTCALL_GRACE=12s"});
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(
        c.report().find(R"("grace_ms":12000,"reserve_ms":600,"grace_source":"LASTCALL_GRACE")"),
        std::string::npos)
        << c.report();
}

TEST(Environment, AVariableThatDoesNotParseRefusesTheStart) {
    for (const char* bad : {"LASTCALL_GRACE=12", "LASTCALL_GRACE=soon", "LASTCALL_GRACE=-1s",
                            "LASTCALL_DEADLINE=1s", "NOTIFY_SOCKET=relative"}) {
        child c("plain", {bad});
        EXPECT_EQ(c.wait(), static_cast<int>(exit_status::refused)) << bad << "\n" << c.output();
    }
}

TEST(Environment, UnderKubernetesTheLameDuckIsOn) {
    child c("plain", {"KUBERNETES_SERVICE_HOST=10.0.0.1", "LASTCALL_GRACE=20s"});
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("lame_duck"));
    c.signal(SIGINT);
    ASSERT_TRUE(c.wait_for("SIGINT"));  // two that are pending at once would be one
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_LT(c.took(), 3s) << "two SIGINTs end the lame duck";
}

// ---- systemd's notify socket ----

TEST(Systemd, IsToldReadyStoppingAndStatus) {
    notify_server systemd;
    child c("plain", {systemd.variable()});
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0);
    const std::string told = systemd.everything();
    for (const char* line : {"READY=1", "STOPPING=1", "STATUS=draining", "STATUS=stopped"}) {
        EXPECT_NE(told.find(line), std::string::npos) << line << " is not in:\n" << told;
    }
    EXPECT_LT(told.find("READY=1"), told.find("STOPPING=1"));
}

LASTCALL_SCENARIO(progress) {
    lifecycle life(options());
    life.add({.name = "slow", .drain = [](const stop_context& c) {
                  c.progress("half way");
                  while (!c.forced().stop_requested()) {
                      std::this_thread::sleep_for(10ms);
                  }
              }});
    life.ready();
    say("ready");
    life.run_and_exit();
}

TEST(Systemd, IsAskedForMoreTimeOnlyWhileThereIsProgress) {
    notify_server systemd;
    child c("progress", {systemd.variable(), "LASTCALL_GRACE=5s"});
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    const std::string told = systemd.everything();
    std::size_t extensions = 0;
    for (auto at = told.find("EXTEND_TIMEOUT_USEC="); at != std::string::npos;
         at = told.find("EXTEND_TIMEOUT_USEC=", at + 1)) {
        ++extensions;
    }
    EXPECT_GE(extensions, 1U) << told;
    EXPECT_LE(extensions, 3U) << "nothing moved for seconds, and yet it asked:\n" << told;
    EXPECT_NE(told.find("STATUS=draining; slow: half way"), std::string::npos) << told;
}

TEST(Systemd, TheWatchdogIsFedWhileTheServiceLives) {
    notify_server systemd;
    child c("plain", {systemd.variable(), "WATCHDOG_USEC=60000"});
    ASSERT_TRUE(c.wait_for("ready\n"));
    std::string told;
    const auto until = std::chrono::steady_clock::now() + testing::ceiling;
    while (told.find("WATCHDOG=1\nWATCHDOG=1") == std::string::npos &&
           std::chrono::steady_clock::now() < until) {
        told += systemd.everything();
        std::this_thread::yield();
    }
    EXPECT_NE(told.find("WATCHDOG=1\nWATCHDOG=1"), std::string::npos) << told;
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0);
}

// ---- PID 1 ----

LASTCALL_SCENARIO(as_pid_one) {
    // The next child is process 1 of a namespace of its own.
    if (::unshare(CLONE_NEWPID) != 0) {
        say("no namespace");
        return 77;
    }
    sigset_t set;
    sigset_t before;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &set, &before);  // it may come as soon as the child is ready
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        ::setenv("LASTCALL_TEST_SCENARIO", "plain", 1);
        ::execl("/proc/self/exe", "plain", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int signal = 0;
    ::sigwait(&set, &signal);
    ::kill(pid, SIGTERM);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(PidOne, StopsAsAnyOtherProcessDoes) {
    // The leak checker cannot look at a process across PID namespaces.
    child c("as_pid_one", {"ASAN_OPTIONS=detect_leaks=0"});
    const bool started = c.wait_for("ready\n");
    if (c.output().find("no namespace") != std::string::npos) {
        GTEST_SKIP() << "a PID namespace cannot be made here: not root";
    }
    ASSERT_TRUE(started) << c.output();
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.output().find("closed\n"), std::string::npos);
}

// ---- fork without exec ----

LASTCALL_SCENARIO(forks) {
    lifecycle life(options());
    gate work("work");
    life.add({.name = "work", .gates = {&work}, .close = [] { say("parent closed"); }});
    life.ready();
    const pass held = work.try_enter("in the parent");
    const pid_t pid = ::fork();
    if (pid == 0) {
        // The child has the mask from before, so a SIGTERM ends it; its gates work, and
        // closing one does not ring the parent's event.
        gate own("child");
        pass p = own.try_enter("in the child");
        work.close();
        own.close();
        p.end();
        const bool drained = own.wait_empty(clock::now() + 1s);
        say(drained ? "child drained" : "child stuck");
        for (;;) {
            ::pause();
        }
    }
    say("forked");
    std::thread thread([&life, pid] {
        while (life.state() < state::draining) {
            std::this_thread::yield();
        }
        ::kill(pid, SIGTERM);
        int status = 0;
        ::waitpid(pid, &status, 0);
        say(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? "child ended by SIGTERM"
                                                               : "child was deaf");
    });
    say(work.wait_empty(clock::now()) ? "parent was told empty" : "parent still holds it");
    std::thread release([&] {
        while (life.state() < state::draining) {
            std::this_thread::yield();
        }
        const_cast<pass&>(held).end();
    });
    const int code = life.run().exit_code();
    release.join();
    thread.join();
    return code;
}

TEST(Fork, WithoutExecLeavesParentAndChildWhole) {
    child c("forks");
    ASSERT_TRUE(c.wait_for("child drained\n")) << c.output();
    ASSERT_TRUE(c.wait_for("parent still holds it\n")) << c.output();
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("child ended by SIGTERM")) << c.output();
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.output().find("parent closed"), std::string::npos) << c.output();
}

LASTCALL_SCENARIO(child_returns_from_main) {
    lifecycle life(options());
    life.ready();
    const pid_t pid = ::fork();
    if (pid == 0) {
        return 5;  // runs the lifecycle's destructor in the child
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    life.request_stop();
    const int code = life.run().exit_code();
    return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? code : 1;
}

TEST(Fork, AChildThatReturnsFromMainDoesNotHang) {
    // In a copy of a process with threads the leak checker may wait for a lock of its own
    // that one of them held.
    child c("child_returns_from_main", {"ASAN_OPTIONS=detect_leaks=0"});
    EXPECT_EQ(c.wait(), 0) << c.output();
}

}  // namespace
}  // namespace lastcall
