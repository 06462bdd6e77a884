// Readiness, and what a service says by sd_notify(3) and is told by its environment.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "init_run/keeper_process.hpp"
#include "support/notify_server.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

void tell_manager(const std::string& text) {
    const std::string name = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') {
        address.sun_path[0] = '\0';
    }
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::sendto(fd, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                 size) < 0) {
        say("cannot tell");
    }
    ::close(fd);
}

sigset_t block_term() {
    sigset_t term;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, nullptr);
    return term;
}

int wait_for_term(int status) {
    const sigset_t term = block_term();
    say("waits");
    siginfo_t info;
    while (::sigwaitinfo(&term, &info) != SIGTERM) {
    }
    return status;
}

LASTCALL_SCENARIO(says_ready) {
    block_term();
    tell_manager("READY=1");
    return wait_for_term(0);
}

/// Its first process ends at once; the service is another.
LASTCALL_SCENARIO(daemonises) {
    int ends[2];
    if (::pipe(ends) != 0) {
        return 1;
    }
    if (::fork() == 0) {
        ::setsid();
        block_term();
        tell_manager("MAINPID=" + std::to_string(::getpid()) + "\nREADY=1");
        ::close(ends[0]);
        ::close(ends[1]);
        return wait_for_term(5);
    }
    ::close(ends[1]);
    char byte = 0;
    [[maybe_unused]] const auto n = ::read(ends[0], &byte, 1);
    return 0;
}

/// Extends its stop beyond the budget, and ends in time.
LASTCALL_SCENARIO(extends_its_stop) {
    const int status = wait_for_term(0);
    tell_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000");
    ::usleep(900'000);
    return status;
}

LASTCALL_SCENARIO(listens_after_a_while) {
    block_term();
    ::usleep(200'000);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(std::atoi(std::getenv("TEST_PORT"))));
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 8) != 0) {
        return 1;
    }
    if (::fork() == 0) {  // answers "not yet" first
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (int i = 0;; ++i) {
            const int one = ::accept(fd, nullptr, nullptr);
            char request[1024];
            [[maybe_unused]] auto n = ::read(one, request, sizeof request);
            const std::string answer = i == 0 ? "HTTP/1.1 503 Not Yet\r\n\r\n"
                                              : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            n = ::write(one, answer.data(), answer.size());
            ::close(one);
        }
    }
    return wait_for_term(0);
}

LASTCALL_SCENARIO(looks_at_what_it_was_given) {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    const char* grace = std::getenv("LASTCALL_GRACE");
    struct stat given {};
    say(std::string("pid ") + (pid && std::atoi(pid) == ::getpid() ? "is mine" : "is not mine"));
    say(std::string("count ") + (count != nullptr ? count : "none"));
    say(std::string("socket ") +
        (::fstat(3, &given) == 0 && S_ISSOCK(given.st_mode) ? "is there" : "is not"));
    say(std::string("grace ") + (grace != nullptr ? grace : "none"));
    return 0;
}

int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(fd);
    return ::ntohs(address.sin_port);
}

class KeeperReady : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperReady,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

void becomes_ready(keeper_process& k) {
    ASSERT_TRUE(k.wait_for("ready after")) << k.out() << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_GE(number_in(k.last_line(), "ready_ms"), 0) << k.err();
}

TEST_P(KeeperReady, ByNotify) {
    testing::notify_server manager;
    keeper_process k({GetParam(),
                      {"-v", "--ready", "notify"},
                      scenario_command("says_ready"),
                      {manager.variable()}});
    becomes_ready(k);
    const std::string told = manager.everything();
    EXPECT_TRUE(has(told, "READY=1")) << told;
    EXPECT_TRUE(has(told, "STOPPING=1")) << told;
    EXPECT_LT(told.find("READY=1"), told.find("STOPPING=1")) << told;
}

TEST_P(KeeperReady, ByTcp) {
    const std::string port = std::to_string(free_port());
    keeper_process k({GetParam(),
                      {"-v", "--ready", "tcp:" + port},
                      scenario_command("listens_after_a_while"),
                      {"TEST_PORT=" + port}});
    becomes_ready(k);
    EXPECT_GE(number_in(k.last_line(), "ready_ms"), 200) << k.err();
}

TEST_P(KeeperReady, ByHttpOnlyWithAGoodAnswer) {
    const std::string port = std::to_string(free_port());
    testing::notify_server manager;
    keeper_process k({GetParam(),
                      {"-v", "--ready", "http:" + port + "/ready"},
                      scenario_command("listens_after_a_while"),
                      {"TEST_PORT=" + port, manager.variable()}});
    becomes_ready(k);
    EXPECT_TRUE(has(manager.everything(), "READY=1"));
}

TEST_P(KeeperReady, ByFile) {
    const private_folder folder;
    keeper_process k({GetParam(),
                      {"-v", "--ready", "file:" + (folder / "up")},
                      shell("trap 'exit 0' TERM; sleep 0.1; > " + (folder / "up") +
                            "; while :; do sleep 0.02; done")});
    becomes_ready(k);
}

TEST_P(KeeperReady, NotInTimeIsAStopWithAStatusOfItsOwn) {
    for (const char* how : {"notify", "file:/nonexistent", "tcp:1"}) {
        keeper_process k(
            {GetParam(), {"--ready", how, "--ready-timeout", "200ms"}, {"/bin/sleep", "30"}});
        EXPECT_EQ(k.wait(), 124) << k.err();
        EXPECT_TRUE(has(k.messages(), "not ready within 200ms")) << k.err();
        EXPECT_TRUE(has(k.last_line(), R"("cause":"ready_timeout")")) << k.err();
    }
}

TEST_P(KeeperReady, ADaemonThatNamesItselfIsTheMainProgram) {
    keeper_process k({GetParam(), {"--ready", "notify"}, scenario_command("daemonises")});
    ASSERT_TRUE(k.wait_for("waits")) << k.err();
    ::usleep(200'000);  // its first process has ended long ago, which is no reason to stop
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 5) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("cause":"signal")")) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperReady, AStopCanBeExtendedWhereAManagerHearsOfIt) {
    testing::notify_server manager;
    keeper_process k({GetParam(),
                      {"--ready", "notify", "--grace", "800ms", "--reserve", "200ms"},
                      scenario_command("extends_its_stop"),
                      {manager.variable()}});
    ASSERT_TRUE(k.wait_for("waits")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_GE(k.took(), 900ms);
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
    EXPECT_TRUE(has(manager.everything(), "EXTEND_TIMEOUT_USEC=10000000"));
}

TEST_P(KeeperReady, SocketsArePassedOnWithTheIdOfTheProgram) {
    keeper_request what{GetParam(),
                        {"--grace", "8s"},
                        {own_path()},
                        {"LASTCALL_TEST_SCENARIO=looks_at_what_it_was_given"}};
    what.prepare = [] {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        if (fd != 3) {
            ::dup2(fd, 3);
            ::close(fd);
        }
        ::setenv("LISTEN_FDS", "1", 1);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    };
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_EQ(k.out(), "pid is mine\ncount 1\nsocket is there\ngrace 7500ms\n") << k.err();
}

class KeeperPreflight : public KeeperReady {};
INSTANTIATE_TEST_SUITE_P(Real, KeeperPreflight,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

TEST_P(KeeperPreflight, WarnsOnceOfAShellThatHidesTheProgram) {
    keeper_process k({GetParam(), {}, shell("sleep 30; true")});
    ASSERT_TRUE(k.wait_for("warning: ")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143) << k.err();
    EXPECT_EQ(count_of(k.err(), "warning: "), 1) << k.err();
    EXPECT_TRUE(has(k.err(), "exec")) << k.err();
}

TEST_P(KeeperPreflight, WarnsOnceOfAProgramWithoutAHandler) {
    keeper_process k({GetParam(), {}, {"/bin/sleep", "30"}});
    ASSERT_TRUE(k.wait_for("warning: ")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143) << k.err();
    EXPECT_EQ(count_of(k.err(), "warning: "), 1) << k.err();
    EXPECT_TRUE(has(k.err(), "SIGTERM")) << k.err();
}

}  // namespace
}  // namespace lastcall::init_run
