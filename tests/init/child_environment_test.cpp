#include "init/child_environment.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sys/process/identity.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;
using core::environment_wish;
using variables = std::vector<std::string>;

std::vector<char*> pointers_to(variables& all) {
    std::vector<char*> pointers;
    for (std::string& one : all) {
        pointers.push_back(one.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

// What a child of id 4711 (pidfs 99) gets from a keeper of id 42 (pidfs 7).
variables given(variables from, environment_wish wish = {}, int pid = 4711,
                std::uint64_t pidfs_id = 99) {
    wish.keeper_pid = 42;
    wish.keeper_pidfs_id = 7;
    const auto pointers = pointers_to(from);
    std::vector<char*> room(core::environment::pointers_for(from.size()));
    core::environment environment;
    environment.prepare(pointers.data(), wish, room);
    variables found;
    for (char* const* entry = environment.finish(pid, pidfs_id); *entry != nullptr; ++entry) {
        found.emplace_back(*entry);
    }
    std::sort(found.begin(), found.end());
    return found;
}

variables sorted(variables all) {
    std::sort(all.begin(), all.end());
    return all;
}

TEST(Environment, KeepsWhatItDoesNotKnow) {
    EXPECT_EQ(
        given({"PATH=/bin", "EMPTY=", "odd", "PATH=/again", "LISTEN_PIDX=42"}, {.grace = 9500ms}),
        sorted({"PATH=/bin", "EMPTY=", "odd", "PATH=/again", "LISTEN_PIDX=42",
                "LASTCALL_GRACE=9500ms"}));
}

TEST(Environment, MakesSocketsForTheKeeperTheChilds) {
    EXPECT_EQ(given({"LISTEN_PID=42", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b", "LISTEN_PIDFDID=7"},
                    {.grace = 1s}),
              sorted({"LISTEN_PID=4711", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b", "LISTEN_PIDFDID=99",
                      "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, LeavesSocketsForSomebodyElseAlone) {
    const variables others{"LISTEN_PID=43", "LISTEN_FDS=2", "LISTEN_PIDFDID=7", "WATCHDOG_PID=43"};
    variables expected = others;
    expected.emplace_back("LASTCALL_GRACE=1000ms");
    EXPECT_EQ(given(others, {.grace = 1s}), sorted(expected));
    // The same process id, but of another process: a PID that was used again.
    EXPECT_EQ(given({"LISTEN_PID=42", "LISTEN_PIDFDID=8"}, {.grace = 1s}),
              sorted({"LISTEN_PID=42", "LISTEN_PIDFDID=8", "LASTCALL_GRACE=1000ms"}));
    EXPECT_EQ(given({"LISTEN_PID=042x"}, {.grace = 1s}),
              sorted({"LISTEN_PID=042x", "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, WhatWasForSomebodyElseDoesNotBecomeTheChildsByChance) {
    EXPECT_EQ(given({"LISTEN_PID=4711", "LISTEN_FDS=2", "WATCHDOG_PID=4711"}, {.grace = 1s}),
              sorted({"LISTEN_FDS=2", "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, LeavesThePidfsIdOutWhereThereIsNone) {
    EXPECT_EQ(given({"LISTEN_PID=42", "LISTEN_PIDFDID=7", "WATCHDOG_PID=42"}, {.grace = 1s}, 5, 0),
              sorted({"LISTEN_PID=5", "WATCHDOG_PID=5", "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, HasRoomForTheLargestNumbers) {
    const auto found = given({"LISTEN_PID=42", "LISTEN_PIDFDID=7"}, {.grace = 1s}, 2147483647,
                             18446744073709551615ULL);
    EXPECT_EQ(found, sorted({"LISTEN_PID=2147483647", "LISTEN_PIDFDID=18446744073709551615",
                             "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, MakesTheWatchdogTheChilds) {
    EXPECT_EQ(given({"WATCHDOG_PID=42", "WATCHDOG_USEC=5", "SYSTEMD_EXEC_PID=42"}, {.grace = 1s}),
              sorted({"WATCHDOG_PID=4711", "WATCHDOG_USEC=5", "SYSTEMD_EXEC_PID=4711",
                      "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, PutsTheProxyInTheManagersPlace) {
    EXPECT_EQ(given({"NOTIFY_SOCKET=/run/notify", "NOTIFY_SOCKET=/again"},
                    {.notify_socket = "@proxy", .grace = 1s}),
              sorted({"NOTIFY_SOCKET=@proxy", "LASTCALL_GRACE=1000ms"}));
    EXPECT_EQ(given({"NOTIFY_SOCKET=vsock:2:1"}, {.grace = 1s}),
              sorted({"NOTIFY_SOCKET=vsock:2:1", "LASTCALL_GRACE=1000ms"}));
}

TEST(Environment, SaysToTheMainProgramWhatRemainsForIt) {
    EXPECT_EQ(core::grace_for_service(10s, 500ms, 2s), 7500ms);
    EXPECT_EQ(core::grace_for_service(1s, 500ms, 2s), 1ms);
    EXPECT_EQ(given({"LASTCALL_GRACE=30s", "LASTCALL_DEADLINE=5ms", "LASTCALL_MAIN_PID=9"},
                    {.grace = 1999999us}),
              variables{"LASTCALL_GRACE=1999ms"});
}

TEST(Environment, ThePreStopCommandKnowsTheStopAndGetsNoSockets) {
    environment_wish wish{.grace = 4s};
    wish.pre_stop = environment_wish::stop{123456789ms, 77};
    EXPECT_EQ(given({"LISTEN_PID=42", "LISTEN_FDS=1", "LISTEN_FDNAMES=a", "LISTEN_PIDFDID=7",
                     "WATCHDOG_PID=42", "WATCHDOG_USEC=9", "A=b"},
                    wish),
              sorted({"A=b", "LASTCALL_GRACE=4000ms", "LASTCALL_DEADLINE=123456789ms",
                      "LASTCALL_MAIN_PID=77"}));
}

// The environment as a real program sees it: its lines, from `env -0`.
class RealChild : public ::testing::Test {
protected:
    std::map<std::string, std::string> run(variables from, const environment_wish& wish) {
        const auto pointers = pointers_to(from);
        EXPECT_EQ(environment_.prepare(pointers.data(), wish), 0);
        int output[2];
        EXPECT_EQ(::pipe2(output, O_CLOEXEC), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(output[1], 1);
            char* const argv[] = {const_cast<char*>("env"), const_cast<char*>("-0"), nullptr};
            char* const* const block = environment_.finish_in_child();
            ::execve("/usr/bin/env", argv, block);
            ::_exit(127);
        }
        ::close(output[1]);
        std::string text;
        char part[65536];
        for (ssize_t size = 0; (size = ::read(output[0], part, sizeof part)) > 0;) {
            text.append(part, static_cast<std::size_t>(size));
        }
        ::close(output[0]);
        ::waitpid(pid_, nullptr, 0);
        std::map<std::string, std::string> found;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\0', at);
            const std::string entry = text.substr(at, end - at);
            found[entry.substr(0, entry.find('='))] = entry.substr(entry.find('=') + 1);
            at = end + 1;
        }
        return found;
    }

    child_environment environment_;
    pid_t pid_ = -1;
};

TEST_F(RealChild, SeesItsOwnProcessId) {
    const std::string self = std::to_string(::getpid());
    variables from{"LISTEN_PID=" + self, "LISTEN_FDS=1", "WATCHDOG_PID=" + self, "A=b"};
    const std::uint64_t id = sys::own_pidfs_id();
    if (id != 0) {
        from.push_back("LISTEN_PIDFDID=" + std::to_string(id));
    }
    auto seen = run(from, {.notify_socket = "@x", .grace = 2s});
    EXPECT_EQ(seen["LISTEN_PID"], std::to_string(pid_));
    EXPECT_EQ(seen["WATCHDOG_PID"], std::to_string(pid_));
    EXPECT_EQ(seen["LISTEN_FDS"], "1");
    EXPECT_EQ(seen["NOTIFY_SOCKET"], "@x");
    EXPECT_EQ(seen["LASTCALL_GRACE"], "2000ms");
    EXPECT_EQ(seen["A"], "b");
    EXPECT_TRUE(environment_.passes_sockets());
    if (id != 0) {
        EXPECT_FALSE(seen["LISTEN_PIDFDID"].empty());
        EXPECT_NE(seen["LISTEN_PIDFDID"], std::to_string(id));
    }
}

TEST_F(RealChild, GetsMegabytesOfEnvironment) {
    variables from{"LISTEN_PID=" + std::to_string(::getpid())};
    for (int i = 0; i < 20'000; ++i) {
        from.push_back("NUMBER_" + std::to_string(i) + "=" + std::string(40, 'x'));
    }
    auto seen = run(from, {.grace = 1s});
    EXPECT_EQ(seen.size(), 20'002U);
    EXPECT_EQ(seen["LISTEN_PID"], std::to_string(pid_));
}

TEST_F(RealChild, GetsTheSocketsFromDescriptor3OnAsTheyWere) {
    // finish_in_child opens and closes a descriptor of its own; those passed must stay.
    variables from{"LISTEN_PID=" + std::to_string(::getpid()), "LISTEN_FDS=1", "LISTEN_PIDFDID=1"};
    from[2] = "LISTEN_PIDFDID=" + std::to_string(sys::own_pidfs_id());
    const auto pointers = pointers_to(from);
    ASSERT_EQ(environment_.prepare(pointers.data(), {.grace = 1s}), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int fd = ::open("/dev/null", O_RDONLY);
        ::dup2(fd, 3);
        ::close_range(4, ~0U, 0);
        environment_.finish_in_child();
        ::_exit(::fcntl(3, F_GETFD) == 0 && ::fcntl(4, F_GETFD) == -1 ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace lastcall::init
