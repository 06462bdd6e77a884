#include "drill/load/transport.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <future>
#include <string>

#include "drill/load/tls_peer.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

using sys::io_status;

const std::string request(28, 'x');

// Reads `size` bytes.
std::string read_from(int fd, std::size_t size) {
    std::string got(size, '\0');
    std::size_t at = 0;
    while (at < size) {
        const auto n = ::recv(fd, got.data() + at, size - at, 0);
        if (n <= 0) {
            break;
        }
        at += static_cast<std::size_t>(n);
    }
    got.resize(at);
    return got;
}

bool wait_readable(const transport& one) {
    pollfd waits{one.fd(), POLLIN, 0};
    return ::poll(&waits, 1, 5000) == 1;
}

sys::io_result receive(transport& one) {
    std::array<char, 4096> into{};
    return persist(one, [&] { return one.receive(into); });
}

TEST(Transport, CountsWhatThePeersKernelHasTaken) {
    peer server([](sys::unique_fd& fd) {
        read_from(fd.get(), 28);
        read_from(fd.get(), 1);  // until the client closes
    });
    transport one;
    establish(one, server.target());
    EXPECT_EQ(one.bytes_acknowledged(), 0U) << "the handshake is not a byte of ours";
    ASSERT_EQ(send_all(one, request).status, io_status::done);
    EXPECT_EQ(one.bytes_sent(), 28U);
    EXPECT_TRUE(comes_true([&] { return one.bytes_acknowledged() == 28U; }));
    EXPECT_NE(one.local_port(), 0);
}

TEST(Transport, KnowsWhatWasTakenAfterAReset) {
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future().share();
    peer server([=](sys::unique_fd& fd) {
        read_from(fd.get(), 28);
        may_go_on.wait();
        sys::reset_on_close(fd.get());
    });
    transport one;
    establish(one, server.target());
    ASSERT_EQ(send_all(one, request).status, io_status::done);
    // What the reset itself acknowledges does not count: see reset_watch.
    EXPECT_TRUE(comes_true([&] { return one.bytes_acknowledged() == 28U; }));
    go_on.set_value();
    EXPECT_EQ(receive(one).status, io_status::reset);
    EXPECT_EQ(one.bytes_acknowledged(), 28U);
}

TEST(Transport, KnowsWhatWasTakenAfterAFin) {
    peer server([](sys::unique_fd& fd) { read_from(fd.get(), 28); });
    transport one;
    establish(one, server.target());
    ASSERT_EQ(send_all(one, request).status, io_status::done);
    EXPECT_EQ(receive(one).status, io_status::end);
    EXPECT_FALSE(one.had_close_notify());
    EXPECT_EQ(one.bytes_acknowledged(), 28U);
}

TEST(Transport, ARequestThatCrossedTheCloseWasNotTaken) {
    peer server([](sys::unique_fd&) {});
    transport one;
    establish(one, server.target());
    ASSERT_TRUE(wait_readable(one));  // the FIN
    ASSERT_EQ(one.send(request).status, io_status::done);
    // The dead connection answers with a RST; the FIN is read first.
    EXPECT_TRUE(comes_true([&] { return one.send("x").status == io_status::reset; }));
    EXPECT_EQ(one.bytes_acknowledged(), 0U);
    EXPECT_GE(one.bytes_sent(), 28U);
}

TEST(Transport, AResetThatASendHasSeenIsNoFinForTheReader) {
    peer server([](sys::unique_fd& fd) {
        ::send(fd.get(), "early", 5, MSG_NOSIGNAL);
        read_from(fd.get(), 1);
        sys::reset_on_close(fd.get());
    });
    transport one;
    establish(one, server.target());
    ASSERT_EQ(send_all(one, "x").status, io_status::done);
    ASSERT_TRUE(comes_true([&] { return one.send("x").status == io_status::reset; }));
    std::array<char, 16> into{};
    EXPECT_EQ(one.receive(into).size, 5U) << "what arrived before it is read";
    EXPECT_EQ(one.look().status, io_status::reset);
    EXPECT_EQ(one.receive(into).status, io_status::reset);
}

TEST(Transport, WorksOverIPv6) {
    peer server([](sys::unique_fd& fd) { read_from(fd.get(), 28); }, AF_INET6);
    transport one;
    establish(one, server.target());
    ASSERT_EQ(send_all(one, request).status, io_status::done);
    EXPECT_EQ(receive(one).status, io_status::end);
    EXPECT_EQ(one.bytes_acknowledged(), 28U);
}

TEST(Transport, LooksWithoutTaking) {
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future().share();
    peer server([=](sys::unique_fd& fd) {
        may_go_on.wait();
        ::send(fd.get(), "hello", 5, 0);
    });
    transport one;
    establish(one, server.target());
    EXPECT_EQ(one.look().status, io_status::would_block);
    go_on.set_value();
    EXPECT_EQ(persist(one, [&] { return one.look(); }).status, io_status::done);
    std::array<char, 16> into{};
    EXPECT_EQ(one.receive(into).size, 5U);
    EXPECT_EQ(persist(one, [&] { return one.look(); }).status, io_status::end);
}

TEST(Transport, TellsARefusal) {
    transport one;
    const load_target nobody{
        sys::endpoint::loopback(sys::free_port()), "localhost", false, false, {}};
    auto result = one.begin_connect(nobody, nullptr);
    if (result.status == io_status::would_block) {
        pollfd waits{one.fd(), POLLOUT, 0};
        ::poll(&waits, 1, 5000);
        result = one.connect_result();
    }
    EXPECT_EQ(result.status, io_status::refused);
}

TEST(Transport, ASecondConnectionCountsFromZero) {
    peer server([](sys::unique_fd& fd) { read_from(fd.get(), 28); });
    transport one;
    establish(one, server.target());
    ASSERT_EQ(send_all(one, request).status, io_status::done);
    establish(one, server.target());
    EXPECT_EQ(one.bytes_sent(), 0U);
    one.close();
    EXPECT_FALSE(one.is_open());
    EXPECT_EQ(one.local_port(), 0);
    EXPECT_FALSE(one.bytes_acknowledged().has_value());
}

TEST(Transport, ASmallReceiveBufferHoldsLittle) {
    const std::string much(1U << 20U, 'y');
    peer server([&](sys::unique_fd& fd) {
        // Blocks until the client closes: it reads nothing.
        while (::send(fd.get(), much.data(), much.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    transport one;
    one.begin_connect(server.target(), nullptr, 4096);
    ASSERT_TRUE(wait_readable(one));
    int size = 0;
    socklen_t size_of = sizeof size;
    ASSERT_EQ(::getsockopt(one.fd(), SOL_SOCKET, SO_RCVBUF, &size, &size_of), 0);
    EXPECT_EQ(size, 8192) << "socket(7): the kernel doubles it";
    EXPECT_LE(sys::bytes_waiting(one.fd()), 8192U);
}

}  // namespace
}  // namespace lastcall::drill
