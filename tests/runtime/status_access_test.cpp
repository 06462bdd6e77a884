// Who may ask, and that the answer is that of the process that was meant.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/status_asking.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::ask;
using testing::child;
using testing::say;
using testing::status_options;
using testing::status_outcome;

LASTCALL_SCENARIO(serving_as_root) { return testing::serve(status_options()); }

status_outcome ask_as(uid_t uid, int pid) {
    const pid_t other = ::fork();
    if (other == 0) {
        const bool changed = ::setgid(uid) == 0 && ::setuid(uid) == 0;
        ::_exit(changed ? static_cast<int>(ask(pid).outcome) : 99);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    return static_cast<status_outcome>(WEXITSTATUS(status));
}

LASTCALL_SCENARIO(serving_as_another_user) {
    if (::setgid(65533) != 0 || ::setuid(65533) != 0) {
        return 77;
    }
    return testing::serve(status_options());
}

TEST(StatusSocket, AnswersItsOwnUserAndRootOnly) {
    if (::getuid() != 0) {
        GTEST_SKIP() << "another user cannot be played here: not root";
    }
    child of_root("serving_as_root");
    child of_other("serving_as_another_user");
    ASSERT_TRUE(of_root.wait_for("ready\n"));
    ASSERT_TRUE(of_other.wait_for("ready\n"));
    EXPECT_EQ(ask_as(65533, of_root.pid()), status_outcome::not_admitted);
    EXPECT_EQ(ask_as(65532, of_other.pid()), status_outcome::not_admitted);
    EXPECT_EQ(ask_as(65533, of_other.pid()), status_outcome::answered);
    EXPECT_EQ(ask_as(0, of_other.pid()), status_outcome::answered);
    EXPECT_EQ(ask_as(0, of_root.pid()), status_outcome::answered);
}

// ---- whose socket it is ----

LASTCALL_SCENARIO(parent_of_a_copy) {
    lifecycle life(status_options());
    const pid_t copy = ::fork();
    if (copy == 0) {
        say("forked");
        testing::block_for_ever();
    }
    say("copy " + std::to_string(copy) + "\nready");
    life.ready();
    const int code = life.run().exit_code();
    ::kill(copy, SIGKILL);
    ::waitpid(copy, nullptr, 0);
    return code;
}

int number_after(const std::string& word, const std::string& text) {
    const auto at = text.find(word);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + word.size()));
}

TEST(StatusSocket, IsNotThatOfAForkedChild) {
    child c("parent_of_a_copy");
    ASSERT_TRUE(c.wait_for("ready\n"));
    ASSERT_TRUE(c.wait_for("forked\n"));
    const int copy = number_after("copy ", c.output());
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_EQ(ask(copy).outcome, status_outcome::no_socket);
    const auto descriptors =
        std::filesystem::directory_iterator("/proc/" + std::to_string(copy) + "/fd");
    for (const auto& fd : descriptors) {
        const std::string target = std::filesystem::read_symlink(fd.path());
        EXPECT_NE(target.substr(0, 7), "socket:") << "the copy holds the parent's socket";
    }
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0);
}

LASTCALL_SCENARIO(named_service) {
    lifecycle life(status_options(std::getenv("SERVICE_NAME")));
    life.ready();
    say("ready");
    return life.run().exit_code();
}

// Runs `named_service` as process 1 of a PID namespace.
LASTCALL_SCENARIO(named_service_as_pid_one) {
    if (::unshare(CLONE_NEWPID) != 0) {
        say("no namespace");
        return 77;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setenv("LASTCALL_TEST_SCENARIO", "named_service", 1);
        ::execl("/proc/self/exe", "named", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    say("pid " + std::to_string(pid));
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(StatusSocket, OfTwoProcessesNumberOneAreToldApart) {
    child a("named_service_as_pid_one", {"SERVICE_NAME=a", "ASAN_OPTIONS=detect_leaks=0"});
    const bool started = a.wait_for("ready\n");
    if (a.output().find("no namespace") != std::string::npos) {
        GTEST_SKIP() << "a PID namespace cannot be made here: not root";
    }
    child b("named_service_as_pid_one", {"SERVICE_NAME=b", "ASAN_OPTIONS=detect_leaks=0"});
    ASSERT_TRUE(started && b.wait_for("ready\n"));
    ASSERT_TRUE(a.wait_for("pid ") && b.wait_for("pid "));
    const int pid_a = number_after("pid ", a.output());
    const int pid_b = number_after("pid ", b.output());
    EXPECT_TRUE(ask(pid_a).has("\nservice\ta\n"));
    EXPECT_TRUE(ask(pid_b).has("\nservice\tb\n"));
    for (const auto& [pid, c] : {std::pair(pid_a, &a), std::pair(pid_b, &b)}) {
        ::kill(pid, SIGTERM);
        EXPECT_EQ(c->wait(), 0) << c->output();
    }
}

LASTCALL_SCENARIO(in_another_network) {
    if (::unshare(CLONE_NEWNET) != 0) {
        say("no namespace");
        return 77;
    }
    return testing::serve(status_options());
}

TEST(StatusSocket, InAnotherNetworkNamespaceIsReachedByRoot) {
    child c("in_another_network");
    const bool started = c.wait_for("ready\n");
    if (c.output().find("no namespace") != std::string::npos) {
        GTEST_SKIP() << "a network namespace cannot be made here: not root";
    }
    ASSERT_TRUE(started);
    const auto home = std::filesystem::read_symlink("/proc/self/ns/net");
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_EQ(std::filesystem::read_symlink("/proc/thread-self/ns/net"), home);
}

}  // namespace
}  // namespace lastcall
