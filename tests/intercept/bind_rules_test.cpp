// Which addresses a program gets, which are refused, and which are none of our business.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <unistd.h>

#include "intercept/run_in_child.hpp"

namespace lastcall::testing {
namespace {

class BindRules : public ::testing::Test {
protected:
    void SetUp() override { group_.open(); }
    steered_group group_{"127.0.0.1"};
};

TEST_F(BindRules, LetsEverythingElsePass) {
    const auto got = run(group_, [&] {
        const int other = tcp_socket();
        const int datagrams = ::socket(AF_INET, SOCK_DGRAM, 0);
        const int local = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        const sockaddr_un autobind{AF_UNIX, ""};
        if (bind_ip4(other, loopback, 0) != 0 || is_ours(other) == 0 || ::listen(other, 1) != 0) {
            return 1;
        }
        if (bind_ip4(datagrams, loopback, group_.port()) != 0) {
            return 2;
        }
        if (::bind(local, reinterpret_cast<const sockaddr*>(&autobind), sizeof(sa_family_t)) != 0) {
            return 3;
        }
        // The kernel's own errors stay its own.
        return ::bind(other, nullptr, 16) == -1 && errno == EFAULT &&
                       bind_ip4(0, loopback, group_.port()) == ENOTSOCK &&
                       bind_ip4(987, loopback, group_.port()) == EBADF
                   ? 0
                   : 4;
    });
    EXPECT_EQ(got.status, 0);
    EXPECT_TRUE(got.bound.empty());
    EXPECT_TRUE(got.problems.empty());
}

TEST_F(BindRules, RefusesASecondSocketAtTheAddressAsTheKernelWould) {
    const auto got = run(group_, [&] {
        const int first = tcp_socket();
        const int second = tcp_socket();
        if (bind_ip4(first, loopback, group_.port()) != 0 ||
            bind_ip4(second, loopback, group_.port()) != EADDRINUSE) {
            return 1;
        }
        if (bind_ip4(first, loopback, group_.port()) != EINVAL) {
            return 2;
        }
        ::close(first);  // and again after that
        return bind_ip4(second, loopback, group_.port()) == 0 ? is_ours(second) : 3;
    });
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.bound.size(), 2U);
    EXPECT_TRUE(got.problems.empty());
}

TEST_F(BindRules, GivesTheSocketToEveryWorkerThatSharesThePort) {
    const auto got = run(group_, [&] {
        for (int i = 0; i < 3; ++i) {
            const int fd = tcp_socket();
            set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
            if (bind_ip4(fd, loopback, group_.port()) != 0 || is_ours(fd) != 0) {
                return 1;
            }
        }
        const int alone = tcp_socket();
        return bind_ip4(alone, loopback, group_.port()) == EADDRINUSE ? 0 : 2;
    });
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.bound.size(), 3U);
}

TEST_F(BindRules, RefusesAnAddressThatIsOnlyAlmostOurs) {
    const auto got = run(group_, [&] {
        const int wide = tcp_socket();
        const int dual = tcp_socket(AF_INET6);
        for (const int fd : {wide, dual}) {
            set(fd, SOL_SOCKET, SO_REUSEPORT, 1);  // it must not join our group
        }
        return bind_ip4(wide, INADDR_ANY, group_.port()) == EADDRINUSE &&
                       bind_ip6(dual, in6addr_any, group_.port()) == EADDRINUSE
                   ? 0
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.problems.size(), 2U);
    EXPECT_NE(got.problems[0].text.find("binds tcp:0.0.0.0:" + group_.port_text()),
              std::string::npos)
        << got.problems[0].text;
    EXPECT_NE(got.problems[1].text.find("the other family"), std::string::npos)
        << got.problems[1].text;
    EXPECT_EQ(got.problems[0].socket, "web");
}

TEST(BindIPv6, TellsDualStackFromIPv6Only) {
    for (const bool is_only : {false, true}) {
        steered_group group("::", is_only);
        const auto got = run(group, [&] {
            const int fd = tcp_socket(AF_INET6);
            set(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_only ? 0 : 1);
            if (bind_ip6(fd, in6addr_any, group.port()) != EADDRINUSE) {
                return 1;
            }
            set(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_only ? 1 : 0);
            return bind_ip6(fd, in6addr_any, group.port()) == 0 ? is_ours(fd) : 2;
        });
        EXPECT_EQ(got.status, 0) << is_only;
        EXPECT_EQ(got.problems.size(), 1U);
    }
}

TEST_F(BindRules, OpensThePortAtTheAddressThatTheProgramChooses) {
    steered_group ip4("127.0.0.1");
    std::vector<std::string> asked;
    start_options options;
    options.ports = {{"open", 0}};
    ip4.open();
    options.ports[0].number = ip4.port();
    options.open = [&](std::string_view name, const sys::listen_address& wanted) {
        asked.push_back(std::string(name) + " " + wanted.text());
        if (wanted.kind != sys::listen_address::family::ip4) {
            return bind_interceptor::opened{{}, "not here"};
        }
        return bind_interceptor::opened{sys::unique_fd(::dup(ip4.open())), ""};
    };
    const auto got = run(
        group_,
        [&] {
            const int first = tcp_socket();
            const int again = tcp_socket();
            const int wide = tcp_socket();
            const int six = tcp_socket(AF_INET6);
            if (bind_ip4(first, loopback, ip4.port()) != 0 || is_ours(first) != 0) {
                return 1;
            }
            // Its own socket is in the way: nobody is asked.
            if (bind_ip4(again, loopback, ip4.port()) != EADDRINUSE ||
                bind_ip4(wide, INADDR_ANY, ip4.port()) != EADDRINUSE) {
                return 2;
            }
            return bind_ip6(six, in6addr_loopback, ip4.port()) == EADDRINUSE ? 0 : 3;
        },
        std::move(options));
    EXPECT_EQ(got.status, 0);
    const std::vector<std::string> expected = {"open tcp:127.0.0.1:" + ip4.port_text(),
                                               "open tcp:[::1]:" + ip4.port_text()};
    EXPECT_EQ(asked, expected);
    ASSERT_EQ(got.problems.size(), 1U);
    EXPECT_NE(got.problems[0].text.find("not here"), std::string::npos);
}

TEST_F(BindRules, LeavesAnotherNetworkNamespaceAlone) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "a network namespace needs root";
    }
    const auto got = run(group_, [&] {
        if (::unshare(CLONE_NEWNET) != 0) {
            return errno;
        }
        const int fd = tcp_socket();
        return bind_ip4(fd, INADDR_ANY, group_.port()) == 0 && is_ours(fd) != 0 ? 0 : 1;
    });
    EXPECT_EQ(got.status, 0);
    ASSERT_EQ(got.problems.size(), 1U);
    EXPECT_NE(got.problems[0].text.find("namespace"), std::string::npos);
}

TEST(BindLowPort, NeedsNoPrivilegeForALowPort) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "whoever opens the port needs root";
    }
    steered_group group("127.77.0.1", false, 79);
    const auto got = run(group, [&] {
        const int fd = tcp_socket();
        return ::setuid(65534) == 0 && ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 &&
                       bind_ip4(tcp_socket(), loopback, 79) == EACCES &&
                       bind_ip4(fd, 0x7f4d0001, 79) == 0
                   ? is_ours(fd)
                   : 1;
    });
    EXPECT_EQ(got.status, 0);
}

}  // namespace
}  // namespace lastcall::testing
