// What the program has after its bind: our socket, as it had set up its own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>

#include "intercept/run_in_child.hpp"

namespace lastcall::testing {
namespace {

class Bind : public ::testing::Test {
protected:
    void SetUp() override { group_.open(); }
    steered_group group_{"127.0.0.1"};
};

TEST_F(Bind, PutsOurSocketUnderTheNumberOfTheProgramsOwn) {
    const auto got = run(group_, [&] {
        const int fd = tcp_socket();
        const int error = bind_ip4(fd, loopback, group_.port());
        return error != 0 ? error : is_ours(fd);
    });
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.bound.size(), 1U);
    EXPECT_EQ(got.bound[0].socket, "web");
    EXPECT_EQ(got.bound[0].text, "tcp:127.0.0.1:" + group_.port_text());
    EXPECT_TRUE(got.problems.empty());
}

TEST_F(Bind, ShowsTheAddressThatWasBound) {
    const auto got = run(group_, [&] {
        const int fd = tcp_socket();
        sockaddr_in own{};
        socklen_t size = sizeof own;
        return bind_ip4(fd, loopback, group_.port()) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
                       ntohs(own.sin_port) == group_.port() &&
                       ntohl(own.sin_addr.s_addr) == loopback
                   ? 0
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
}

TEST_F(Bind, LeavesTheFlagsOfTheDescriptorAsTheyWere) {
    for (const int flags :
         {0, int{SOCK_NONBLOCK}, int{SOCK_CLOEXEC}, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
        const auto got = run(group_, [&] {
            const int fd = tcp_socket(AF_INET, flags);
            if (bind_ip4(fd, loopback, group_.port()) != 0 || is_ours(fd) != 0) {
                return 1;
            }
            const bool waits = (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
            const bool stays = (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
            return waits == ((flags & SOCK_NONBLOCK) == 0) && stays == ((flags & SOCK_CLOEXEC) == 0)
                       ? 0
                       : 2;
        });
        EXPECT_EQ(got.status, 0) << flags;
    }
}

TEST_F(Bind, KeepsWhatTheProgramHasSetBefore) {
    const auto got = run(group_, [&] {
        const int fd = tcp_socket();
        set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        set(fd, SOL_SOCKET, SO_RCVBUF, 30000);
        set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 77);
        set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 3);
        const timeval limit{5, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const int deferred = get_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT);
        timeval found{};
        socklen_t size = sizeof found;
        return bind_ip4(fd, loopback, group_.port()) == 0 && is_ours(fd) == 0 &&
                       get_option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1 &&
                       get_option(fd, SOL_SOCKET, SO_RCVBUF) == 60000 &&
                       get_option(fd, IPPROTO_TCP, TCP_NODELAY) == 1 &&
                       get_option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 77 &&
                       get_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT) == deferred &&
                       ::getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &found, &size) == 0 &&
                       found.tv_sec == 5
                   ? 0
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
    EXPECT_TRUE(got.problems.empty());
}

TEST_F(Bind, DoesNotTakeBackWhatAnotherWorkerHasSet) {
    const auto got = run(group_, [&] {
        const int first = tcp_socket();
        const int second = tcp_socket();
        set(first, SOL_SOCKET, SO_REUSEPORT, 1);
        set(second, SOL_SOCKET, SO_REUSEPORT, 1);
        if (bind_ip4(first, loopback, group_.port()) != 0) {
            return 1;
        }
        ::fcntl(first, F_SETFL, O_NONBLOCK);  // after its bind, as many do
        set(first, IPPROTO_TCP, TCP_NODELAY, 1);
        return bind_ip4(second, loopback, group_.port()) == 0 && is_ours(second) == 0 &&
                       (::fcntl(first, F_GETFL) & O_NONBLOCK) != 0 &&
                       get_option(first, IPPROTO_TCP, TCP_NODELAY) == 1
                   ? 0
                   : 2;
    });
    EXPECT_EQ(got.status, 0);
    EXPECT_TRUE(got.problems.empty());
}

TEST_F(Bind, TellsOfWorkersThatCanNotShareOneSocket) {
    const auto got = run(group_, [&] {
        const int waits = tcp_socket();
        const int polls = tcp_socket(AF_INET, SOCK_NONBLOCK);
        set(waits, SOL_SOCKET, SO_REUSEPORT, 1);
        set(polls, SOL_SOCKET, SO_REUSEPORT, 1);
        return bind_ip4(waits, loopback, group_.port()) == 0 &&
                       bind_ip4(polls, loopback, group_.port()) == 0
                   ? 0
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.problems.size(), 1U);
    EXPECT_NE(got.problems[0].text.find("waits in accept"), std::string::npos);
}

TEST_F(Bind, ServesSeveralSockets) {
    steered_group other("127.0.0.1");
    start_options options;
    options.offers.push_back({"admin", other.open(), ""});
    const auto got = run(
        group_,
        [&] {
            const int a = tcp_socket();
            const int b = tcp_socket();
            return bind_ip4(a, loopback, other.port()) == 0 && is_ours(a) == 0 &&
                           bind_ip4(b, loopback, group_.port()) == 0
                       ? is_ours(b)
                       : 1;
        },
        std::move(options));
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.bound.size(), 2U);
    EXPECT_EQ(got.bound[0].socket, "admin");
    EXPECT_EQ(got.bound[1].socket, "web");
}

TEST_F(Bind, ServesMultipathTcpAsTcp) {
    constexpr int multipath = 262;
    const sys::unique_fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, multipath));
    if (!probe) {
        GTEST_SKIP() << "the kernel has no MPTCP: " << std::strerror(errno);
    }
    const auto got = run(group_, [&] {
        const int fd = ::socket(AF_INET, SOCK_STREAM, multipath);
        return bind_ip4(fd, loopback, group_.port()) == 0 ? is_ours(fd) : 1;
    });
    EXPECT_EQ(got.status, 0);
}

TEST_F(Bind, DoesNotLetAProgramSteerTheGenerations) {
    group_.steer(1);
    const auto got = run(group_, [&] {
        const int fd = tcp_socket();
        sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, 0}};
        const sock_fprog program{1, code};
        const int own = tcp_socket();  // where it is its own affair
        set(own, SOL_SOCKET, SO_REUSEPORT, 1);
        return bind_ip4(fd, loopback, group_.port()) == 0 &&
                       ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                                    sizeof program) == 0 &&
                       ::setsockopt(own, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                                    sizeof program) == 0
                   ? 0
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.problems.size(), 1U);
    EXPECT_NE(got.problems[0].text.find("BPF"), std::string::npos);
    const sys::unique_fd client(tcp_socket(AF_INET, SOCK_CLOEXEC));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(loopback);
    to.sin_port = htons(group_.port());
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    EXPECT_EQ(accept_queue(group_.at(0)), 0);
    EXPECT_EQ(accept_queue(group_.at(1)), 1) << "the choice of the keeper holds";
}

}  // namespace
}  // namespace lastcall::testing
