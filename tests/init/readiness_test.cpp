// Real sockets, a virtual clock: the test is both the server and the main loop.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "readiness_fixture.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

TEST_F(Readiness, OfNobodyAskedForIsThereAtOnce) {
    EXPECT_EQ(begin(kind::none, ""), state::ready);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(check_.fd(), -1);
}

TEST_F(Readiness, ByNotifyWaitsForTheWordOnly) {
    EXPECT_EQ(begin(kind::notify, ""), state::pending);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(check_.fd(), -1);
    EXPECT_EQ(check_.on_notified(), state::ready);
}

TEST_F(Readiness, ByTcpIsNotGivenByTheServicesWord) {
    server quiet({});
    begin(kind::tcp, quiet.port());
    EXPECT_EQ(check_.on_notified(), state::pending);
}

TEST_F(Readiness, FailsWhenItsTimeIsOver) {
    begin(kind::notify, "", 3s);
    EXPECT_EQ(check_.next_wake(), 3s);
    EXPECT_EQ(check_.on_time(2999ms), state::pending);
    EXPECT_EQ(check_.on_time(3s), state::failed);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(check_.on_notified(), state::failed);
}

TEST_F(Readiness, ByTcpComesWhenThePortListens) {
    const auto before = open_descriptors();
    {
        server late({});
        begin(kind::tcp, late.port());
        finish_try(late, 0s);
        EXPECT_EQ(check_.last(), "connection refused");
        EXPECT_EQ(check_.next_wake(), 20ms);
        EXPECT_EQ(check_.on_time(19ms), state::pending);
        late.listen();
        check_.on_time(20ms);
        finish_try(late, 20ms);
        EXPECT_EQ(check_.now(), state::ready);
        EXPECT_FALSE(check_.next_wake());
        EXPECT_EQ(check_.fd(), -1);
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Readiness, TriesLessAndLessOften) {
    server never({});
    begin(kind::tcp, "127.0.0.1:" + never.port());
    const int fd = check_.fd();
    std::vector<long> pauses;
    std::chrono::nanoseconds now = 0s;
    for (int i = 0; i < 8; ++i) {
        finish_try(never, now);
        const auto next = *check_.next_wake();
        pauses.push_back(static_cast<long>((next - now) / 1ms));
        now = next;
        check_.on_time(now);
        EXPECT_EQ(check_.fd(), fd) << "it is watched once";
    }
    EXPECT_EQ(pauses, (std::vector<long>{20, 40, 80, 160, 320, 500, 500, 500}));
}

TEST_F(Readiness, ByTcpReachesIpv6) {
    server six({}, AF_INET6);
    if (!six.is_bound()) {
        GTEST_SKIP() << "no IPv6 loopback here";
    }
    six.listen();
    begin(kind::tcp, "[::1]:" + six.port());
    finish_try(six, 0s);
    EXPECT_EQ(check_.now(), state::ready);
}

TEST_F(Readiness, ByHttpComesWithTheFirst2xx) {
    server busy({"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
                 "HTTP/1.1 503 Service Unavailable\r\n\r\nnot yet",
                 "HTTP/1.1 204 No Content\r\n\r\n"});
    busy.listen();
    const auto before = open_descriptors();
    begin(kind::http, "http://127.0.0.1:" + busy.port() + "/ready?x=1");
    finish_try(busy, 0s);
    EXPECT_EQ(check_.last(), "answered 503");
    EXPECT_EQ(busy.request(), "GET /ready?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + busy.port() +
                                  "\r\nUser-Agent: lastcall-init\r\nAccept: */*\r\n"
                                  "Connection: close\r\n\r\n");
    EXPECT_EQ(check_.next_wake(), 20ms);
    check_.on_time(20ms);
    finish_try(busy, 20ms);
    EXPECT_EQ(check_.now(), state::pending);
    EXPECT_EQ(check_.next_wake(), 60ms);
    check_.on_time(60ms);
    finish_try(busy, 60ms);
    EXPECT_EQ(check_.now(), state::ready);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Readiness, ByHttpTakesOnly2xxForReady) {
    for (const char* line :
         {"HTTP/1.1 302 Found\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.0 404 Not\r\n\r\n",
          "SSH-2.0-OpenSSH_9.2 200\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
          "HTTP/1.1", ""}) {
        server odd({line});
        odd.listen();
        begin(kind::http, odd.port() + "/");
        finish_try(odd, 0s);
        EXPECT_EQ(check_.now(), state::pending) << line;
        EXPECT_FALSE(check_.last().empty()) << line;
    }
}

TEST_F(Readiness, ByHttpForgivesAMissingReasonAndReadsAWholeBody) {
    server large({"HTTP/1.1 200\r\n\r\n" + std::string(40'000, 'x')});
    large.listen();
    begin(kind::http, large.port());
    finish_try(large, 0s);
    EXPECT_EQ(check_.now(), state::ready);
}

TEST_F(Readiness, ByHttpGivesUpOnAServerThatNeverAnswers) {
    server mute({});
    mute.listen();
    const auto before = open_descriptors();
    begin(kind::http, mute.port(), 1500ms);
    while (mute.connection() < 0) {
        pollfd both[] = {{check_.fd(), POLLIN, 0}, {mute.listener(), POLLIN, 0}};
        ASSERT_GT(::poll(both, 2, ceiling_ms), 0);
        check_.on_ready_fd(0s);
        mute.turn();
    }
    EXPECT_EQ(check_.next_wake(), 1s);
    EXPECT_EQ(check_.on_time(999ms), state::pending);
    EXPECT_EQ(check_.on_time(1s), state::pending);
    EXPECT_EQ(check_.last(), "no answer within a second");
    EXPECT_EQ(check_.next_wake(), 1020ms);
    mute.hang_up();
    check_.on_time(1020ms);
    EXPECT_EQ(check_.next_wake(), 1500ms) << "the end of all tries comes before that of this one";
    EXPECT_EQ(check_.on_time(1500ms), state::failed);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Readiness, AfterAMuteServerTheNextTryCounts) {
    server slow({"HTTP/1.1 200 OK\r\n\r\n"});
    slow.listen();
    begin(kind::http, slow.port());
    check_.on_time(1s);
    check_.on_time(*check_.next_wake());
    // The first connection is in the queue, dead; the second is answered.
    finish_try(slow, 1100ms);
    EXPECT_EQ(check_.now(), state::ready);
}

TEST_F(Readiness, ByFileComesWithTheFile) {
    std::string directory = ::testing::TempDir() + "readyXXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    const std::string path = directory + "/ready";
    begin(kind::file, path);
    EXPECT_EQ(check_.last(), "the file does not exist");
    EXPECT_EQ(check_.fd(), -1);
    EXPECT_EQ(check_.next_wake(), 20ms);
    EXPECT_EQ(check_.on_time(20ms), state::pending);
    std::ofstream(path).close();
    EXPECT_EQ(check_.on_time(59ms), state::pending) << "not looked before its time";
    EXPECT_EQ(check_.on_time(60ms), state::ready);
    EXPECT_FALSE(check_.next_wake());
    std::filesystem::remove_all(directory);
}

TEST_F(Readiness, CountsATryThatSucceedsAtTheLastMoment) {
    std::string directory = ::testing::TempDir() + "readyXXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    begin(kind::file, directory + "/ready", 20ms);
    std::ofstream(directory + "/ready").close();
    EXPECT_EQ(check_.on_time(20ms), state::ready);
    std::filesystem::remove_all(directory);
}

TEST_F(Readiness, CalledOffLeavesNothing) {
    server mute({});
    mute.listen();
    const auto before = open_descriptors();
    begin(kind::http, mute.port(), 10s);
    check_.call_off();
    EXPECT_EQ(check_.now(), state::idle);
    EXPECT_FALSE(check_.next_wake());
    EXPECT_EQ(check_.on_time(20s), state::idle);
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace lastcall::init
