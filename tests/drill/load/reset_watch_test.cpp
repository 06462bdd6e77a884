#include "drill/load/reset_watch.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "drill/load/loads.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

const std::string request(28, 'x');

// Both ends of a connection in one thread, so that every order of events can be made.
class reset_watch_test : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        listener_ = listen();
        at_ = loopback(sys::local_port(listener_.get()));
        watch_.emplace(at_);
        const sys::unique_fd raw(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        if (!raw && errno == EPERM) {
            GTEST_SKIP() << "needs CAP_NET_RAW";
        }
        ASSERT_TRUE(watch_->works());
        connect();
    }

    static sys::unique_fd listen() {
        return sys::listen_tcp({GetParam() == AF_INET6 ? "::1" : "127.0.0.1", 0}, 16);
    }
    static sys::endpoint loopback(std::uint16_t port) {
        const std::string name = GetParam() == AF_INET6 ? "[::1]:" : "127.0.0.1:";
        return *sys::endpoint::parse(name + std::to_string(port));
    }

    void connect(std::uint16_t from_port = 0) {
        client_.reset(::socket(GetParam(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int on = 1;
        ::setsockopt(client_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (from_port != 0) {
            const auto from = loopback(from_port);
            ASSERT_EQ(::bind(client_.get(), from.address(), from.size()), 0);
        }
        ASSERT_EQ(::connect(client_.get(), at_.address(), at_.size()), 0) << std::strerror(errno);
        accept_from(listener_.get());
    }

    // connect(2) may return before the other end has the last step of the handshake.
    void accept_from(int listener) {
        wait_readable(listener);
        ASSERT_EQ(sys::accept_connection(listener, server_), sys::accept_outcome::accepted);
    }

    static void wait_readable(int fd) {
        pollfd waits{fd, POLLIN, 0};
        ASSERT_EQ(::poll(&waits, 1, 30'000), 1);
    }

    // Until the server's end has it, if there is one: send(2) returns before.
    void send_request() {
        ASSERT_EQ(::send(client_.get(), request.data(), request.size(), MSG_NOSIGNAL), 28);
        if (server_) {
            wait_readable(server_.get());
        }
    }
    void server_reads() {
        std::array<char, 28> into{};
        wait_readable(server_.get());
        ASSERT_EQ(::recv(server_.get(), into.data(), into.size(), 0), 28);
    }
    // Waits for the RST.
    void wait_until_reset() {
        pollfd waits{client_.get(), 0, 0};
        do {
            ASSERT_EQ(::poll(&waits, 1, 30'000), 1);
        } while ((waits.revents & POLLERR) == 0 && (waits.revents & POLLHUP) == 0);
    }
    void server_resets() {
        sys::reset_on_close(server_.get());
        server_.reset();
        wait_until_reset();
    }
    void expect_reset_covers(std::uint16_t port, std::uint64_t bytes) {
        const auto seen = watch_->of(port);
        ASSERT_TRUE(seen.has_value());
        EXPECT_TRUE(seen->has_acknowledgement);
        EXPECT_EQ(seen->taken, bytes);
    }
    [[nodiscard]] std::uint16_t port() const { return sys::local_port(client_.get()); }

    sys::unique_fd listener_;
    sys::endpoint at_;
    std::optional<reset_watch> watch_;
    sys::unique_fd client_;
    sys::unique_fd server_;
};

TEST_P(reset_watch_test, ACloseWithUnreadBytesCoversThem) {
    send_request();
    server_.reset();
    wait_until_reset();
    expect_reset_covers(port(), 28U);
    EXPECT_TRUE(watch_->follows(port()));
}

TEST_P(reset_watch_test, AResetAfterReadingCoversWhatWasRead) {
    send_request();
    server_reads();
    server_resets();
    expect_reset_covers(port(), 28U);
}

TEST_P(reset_watch_test, AResetThatIsNewerThanTheLastAcknowledgementStillCovers) {
    // Enough answered requests that acknowledgements are delayed: TCP_INFO would not tell.
    for (int i = 0; i < 100; ++i) {
        send_request();
        server_reads();
        ASSERT_EQ(::send(server_.get(), "ok", 2, 0), 2);
        std::array<char, 2> into{};
        ASSERT_EQ(::recv(client_.get(), into.data(), into.size(), 0), 2);
    }
    send_request();
    server_reads();
    server_resets();
    expect_reset_covers(port(), 101U * 28U);
}

TEST_P(reset_watch_test, ARequestThatCrossedTheCloseIsAnsweredWithoutAcknowledgement) {
    server_.reset();
    wait_readable(client_.get());  // the FIN
    EXPECT_FALSE(watch_->of(port()).has_value()) << "a FIN is no reset";
    send_request();
    wait_until_reset();
    const auto seen = watch_->of(port());
    ASSERT_TRUE(seen.has_value());
    EXPECT_FALSE(seen->has_acknowledgement);
    EXPECT_EQ(seen->taken, 0U);
}

TEST_P(reset_watch_test, AFinTellsWhatWasTakenBeforeIt) {
    send_request();
    EXPECT_FALSE(watch_->taken_at_fin(port()).has_value());
    server_reads();
    ASSERT_EQ(::shutdown(server_.get(), SHUT_WR), 0);
    pollfd waits{client_.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&waits, 1, 5000), 1);
    EXPECT_EQ(watch_->taken_at_fin(port()), 28U);
    // What a server that lingers takes afterwards, and covers by its reset, came too late.
    send_request();
    server_reads();
    send_request();
    server_.reset();
    wait_until_reset();
    EXPECT_EQ(watch_->of(port())->taken, 84U);
    EXPECT_EQ(watch_->taken_at_fin(port()), 28U);
}

TEST_P(reset_watch_test, ANewConnectionFromTheSamePortHasNoReset) {
    const auto same = sys::free_port();  // of a kind that nobody gets by chance
    server_.reset();
    connect(same);
    send_request();
    server_.reset();
    wait_until_reset();
    ASSERT_TRUE(watch_->of(same).has_value());
    client_.reset();
    connect(same);
    EXPECT_FALSE(watch_->of(same).has_value());
    EXPECT_TRUE(watch_->follows(same));
    server_.reset();
    send_request();
    wait_until_reset();
    EXPECT_FALSE(watch_->of(same).value().has_acknowledgement) << "this one's, not the first one's";
}

TEST_P(reset_watch_test, DroppedFromTheAcceptQueueTheKernelHadTakenIt) {
    connect();
    const sys::unique_fd queued(::socket(GetParam(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(queued.get(), at_.address(), at_.size()), 0);
    ASSERT_EQ(::send(queued.get(), request.data(), request.size(), MSG_NOSIGNAL), 28);
    wait_readable(listener_.get());
    ASSERT_TRUE(wait_for([&] { return sys::all_acknowledged(queued.get()); }));
    listener_.reset();
    char byte = 0;
    ASSERT_EQ(::recv(queued.get(), &byte, 1, 0), -1);
    expect_reset_covers(sys::local_port(queued.get()), 28U);
}

TEST_P(reset_watch_test, AnotherServersResetsAreNotSeen) {
    const auto other = listen();
    const auto there = loopback(sys::local_port(other.get()));
    client_.reset(::socket(GetParam(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(client_.get(), there.address(), there.size()), 0);
    accept_from(other.get());
    send_request();
    server_.reset();
    wait_until_reset();
    EXPECT_FALSE(watch_->of(port()).has_value());
    EXPECT_FALSE(watch_->follows(port()));
}

TEST_P(reset_watch_test, AWatchThatCameLateSaysNothing) {
    reset_watch late(at_);
    send_request();
    server_.reset();
    wait_until_reset();
    EXPECT_FALSE(late.of(port()).has_value());
    EXPECT_FALSE(late.follows(port()));
}

TEST_P(reset_watch_test, SaysWhenPacketsWereLost) {
    EXPECT_FALSE(watch_->has_lost_packets());
    int small = 0;
    ASSERT_EQ(::setsockopt(watch_->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &small, sizeof small), 0);
    for (int i = 0; i < 64; ++i) {
        connect();
    }
    watch_->read();
    EXPECT_TRUE(watch_->has_lost_packets());
}

INSTANTIATE_TEST_SUITE_P(ResetWatch, reset_watch_test, testing::Values(AF_INET, AF_INET6),
                         [](const auto& which) {
                             return which.param == AF_INET6 ? "OverIPv6" : "OverIPv4";
                         });

TEST(ResetWatch, WithoutThePrivilegeItSaysSo) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) {
            ::_exit(2);
        }
        reset_watch one(sys::endpoint::loopback(1));
        one.read();
        const bool knows = one.works() || one.of(1).has_value() || one.follows(1);
        ::_exit(knows || one.has_lost_packets() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(WIFEXITED(status));
}

}  // namespace
}  // namespace lastcall::drill
