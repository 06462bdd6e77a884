#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <string>

#include "drill/load/tls_peer.hpp"
#include "drill/load/transport.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

using sys::io_status;

const test_certificate& certificate() {
    static const test_certificate one;
    return one;
}

std::string read_from(SSL* tls, std::size_t size) {
    std::string got(size, '\0');
    std::size_t at = 0;
    std::size_t n = 0;
    while (at < size && SSL_read_ex(tls, got.data() + at, size - at, &n) == 1) {
        at += n;
    }
    got.resize(at);
    return got;
}

void wait_for_end(SSL* tls) { read_from(tls, 1); }

sys::io_result receive(transport& one) {
    std::array<char, 4096> into{};
    return persist(one, [&] { return one.receive(into); });
}

TEST(TlsTransport, CountsTheBytesThatThePeersKernelReceives) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        std::promise<std::uint64_t> received;
        peer server(over_tls(certificate(),
                             [&](SSL* tls, sys::unique_fd& fd) {
                                 read_from(tls, 100000);
                                 tcp_info info{};
                                 socklen_t size = sizeof info;
                                 ::getsockopt(fd.get(), IPPROTO_TCP, TCP_INFO, &info, &size);
                                 received.set_value(info.tcpi_bytes_received);
                                 wait_for_end(tls);
                             },
                             {"", version}));
        transport one;
        const auto to = server.target();
        establish(one, to, make_tls_context(to, {}));
        ASSERT_EQ(send_all(one, std::string(100000, 'x')).status, io_status::done);
        EXPECT_EQ(received.get_future().get(), one.bytes_sent());
        EXPECT_TRUE(comes_true([&] { return one.bytes_acknowledged() == one.bytes_sent(); }));
    }
}

TEST(TlsTransport, KeepsWhatTheKernelDoesNotTake) {
    std::string much(8U << 20U, '\0');
    for (std::size_t i = 0; i < much.size(); ++i) {
        much[i] = static_cast<char>('a' + i % 23);
    }
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future().share();
    std::promise<std::string> got;
    peer server(over_tls(certificate(), [&](SSL* tls, sys::unique_fd&) {
        may_go_on.wait();
        got.set_value(read_from(tls, much.size()));
    }));
    transport one;
    const auto to = server.target();
    establish(one, to, make_tls_context(to, {}));
    std::string_view left = much;
    for (;;) {
        const auto result = one.send(left);
        if (result.status == io_status::would_block) {
            break;
        }
        ASSERT_EQ(result.status, io_status::done);
        left.remove_prefix(result.size);
        ASSERT_FALSE(left.empty()) << "the kernel takes more than this test has";
    }
    EXPECT_TRUE(one.wants_to_write());
    go_on.set_value();
    EXPECT_EQ(send_all(one, left).status, io_status::done);
    EXPECT_FALSE(one.wants_to_write());
    EXPECT_TRUE(got.get_future().get() == much);
}

TEST(TlsTransport, AnEndWithACloseNotifyIsToldFromOneWithout) {
    for (const bool says_so : {true, false}) {
        peer server(over_tls(certificate(), [=](SSL* tls, sys::unique_fd&) {
            SSL_write(tls, "hello", 5);
            if (says_so) {
                SSL_shutdown(tls);
            }
        }));
        transport one;
        const auto to = server.target();
        establish(one, to, make_tls_context(to, {}));
        EXPECT_EQ(receive(one).size, 5U);
        EXPECT_EQ(receive(one).status, io_status::end);
        EXPECT_EQ(one.had_close_notify(), says_so);
        EXPECT_EQ(one.tls_problem(), "") << "an end is not a failure of TLS";
        EXPECT_EQ(receive(one).status, io_status::end) << "and it stays one";
    }
}

TEST(TlsTransport, TellsAReset) {
    peer server(over_tls(certificate(), [](SSL* tls, sys::unique_fd& fd) {
        read_from(tls, 5);
        sys::reset_on_close(fd.get());
        fd.reset();
    }));
    transport one;
    const auto to = server.target();
    establish(one, to, make_tls_context(to, {}));
    ASSERT_EQ(send_all(one, "12345").status, io_status::done);
    EXPECT_EQ(receive(one).status, io_status::reset);
    EXPECT_EQ(one.tls_problem(), "");
    // SIGPIPE has its default here: were it raised, there would be no test any more.
    EXPECT_EQ(one.send("more").status, io_status::reset);
}

TEST(TlsTransport, WhatArrivedBeforeAResetIsRead) {
    peer server(over_tls(certificate(), [](SSL* tls, sys::unique_fd& fd) {
        SSL_write(tls, "early", 5);
        // The client's bytes wait unread: close(2) sends a reset.
        pollfd waits{fd.get(), POLLIN, 0};
        ::poll(&waits, 1, 5000);
    }));
    transport one;
    const auto to = server.target();
    establish(one, to, make_tls_context(to, {}));
    ASSERT_EQ(send_all(one, "unread").status, io_status::done);
    ASSERT_TRUE(comes_true([&] { return one.send("x").status == io_status::reset; }));
    std::array<char, 16> into{};
    const auto result = one.receive(into);
    EXPECT_EQ(result.status, io_status::done) << one.tls_problem();
    EXPECT_EQ(result.size, 5U);
}

TEST(TlsTransport, TicketsAreNothingToRead) {
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future().share();
    peer server(over_tls(certificate(),
                         [=](SSL* tls, sys::unique_fd&) {
                             may_go_on.wait();
                             SSL_write(tls, "hello", 5);
                             wait_for_end(tls);
                         },
                         {"", TLS1_3_VERSION}));
    transport one;
    const auto to = server.target();
    establish(one, to, make_tls_context(to, {}));
    pollfd waits{one.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&waits, 1, 5000), 1) << "session tickets come unasked";
    EXPECT_EQ(one.look().status, io_status::would_block);
    go_on.set_value();
    EXPECT_EQ(persist(one, [&] { return one.look(); }).status, io_status::done);
    EXPECT_TRUE(one.holds_bytes());
    EXPECT_EQ(receive(one).size, 5U);
    EXPECT_FALSE(one.holds_bytes());
}

TEST(TlsTransport, CloseSaysGoodbye) {
    std::promise<bool> heard;
    peer server(over_tls(certificate(), [&](SSL* tls, sys::unique_fd&) {
        SSL_write(tls, "x", 1);
        wait_for_end(tls);
        heard.set_value((SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN) != 0);
    }));
    transport one;
    const auto to = server.target();
    establish(one, to, make_tls_context(to, {}));
    // Nothing may be unread, or the kernel ends the connection with a reset.
    ASSERT_EQ(receive(one).size, 1U);
    one.close();
    EXPECT_TRUE(heard.get_future().get());
}

}  // namespace
}  // namespace lastcall::drill
