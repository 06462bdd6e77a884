// Connections of ours as the kernel lists them, and one of them again; which sockets are TCP.
#include "sys/socket/inet_diag.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "sys/process/descriptor_list.hpp"

namespace lastcall::sys {
namespace {

class InetDiag : public testing::Test {
protected:
    void SetUp() override {
        if (!ask_.works()) {
            GTEST_SKIP() << "the kernel has no sock_diag(7) here";
        }
        listener_ = unique_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* const address = reinterpret_cast<sockaddr*>(&at);
        ASSERT_EQ(::bind(listener_.get(), address, size), 0);
        ASSERT_EQ(::listen(listener_.get(), 4), 0);
        ASSERT_EQ(::getsockname(listener_.get(), address, &size), 0);
        port_ = ntohs(at.sin_port);
        client_ = unique_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::connect(client_.get(), address, size), 0);
        server_ = unique_fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        ASSERT_TRUE(server_);
    }

    /// Of the accepted ones.
    [[nodiscard]] std::vector<tcp_line> accepted() {
        std::vector<tcp_line> found;
        EXPECT_TRUE(ask_.list(AF_INET, port_, tcp_states::established | tcp_states::closed_by_peer,
                              [&](const tcp_line& line) { found.push_back(line); }));
        return found;
    }

    inet_diag ask_;
    unique_fd listener_;
    unique_fd client_;
    unique_fd server_;
    std::uint16_t port_ = 0;
};

TEST_F(InetDiag, TellsOneConnectionAgainAsItIsNow) {
    const auto before = accepted();
    ASSERT_EQ(before.size(), 1U);
    ASSERT_EQ(::write(client_.get(), "hello", 5), 5);
    const auto now = ask_.again(before.front());
    ASSERT_TRUE(now);
    EXPECT_EQ(now->inode, before.front().inode);
    EXPECT_EQ(now->cookie, before.front().cookie);
    EXPECT_EQ(before.front().waiting, 0U);
    EXPECT_EQ(now->waiting, 5U);
    EXPECT_EQ(ask_.detail_of(before.front())->received, 5U);

    client_.reset();
    EXPECT_TRUE(ask_.again(before.front())->is(tcp_states::closed_by_peer));
    server_.reset();  // with unread bytes: it is reset, and is gone
    EXPECT_FALSE(ask_.again(before.front()));
}

TEST_F(InetDiag, TakesNoOtherConnectionForIt) {
    auto other = accepted().front();
    other.cookie[0] ^= 1U;
    EXPECT_FALSE(ask_.again(other));
}

TEST_F(InetDiag, OnlyTcpMayBeTcp) {
    const unique_fd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const unique_fd local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int us = ::getpid();
    EXPECT_TRUE(may_be_tcp(us, listener_.get()));
    EXPECT_TRUE(may_be_tcp(us, client_.get()));
    EXPECT_TRUE(may_be_tcp(us, server_.get()));
    EXPECT_FALSE(may_be_tcp(us, datagrams.get()));
    EXPECT_FALSE(may_be_tcp(us, local.get()));
    EXPECT_TRUE(may_be_tcp(us, 19'999)) << "what cannot be asked may be anything";
}

}  // namespace
}  // namespace lastcall::sys
