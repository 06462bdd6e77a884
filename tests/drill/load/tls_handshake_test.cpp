#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <string>

#include "drill/load/tls_context.hpp"
#include "drill/load/tls_peer.hpp"
#include "drill/load/transport.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

using sys::io_status;

const std::array<std::string, 2> both{"h2", "http/1.1"};

const test_certificate& certificate() {
    static const test_certificate one;
    return one;
}

void wait_for_end(SSL* tls) {
    char byte = 0;
    SSL_read(tls, &byte, 1);
}

// A file that is gone with it.
class temporary_file {
public:
    explicit temporary_file(const std::string& text) {
        path_ = testing::TempDir() + "lastcall-XXXXXX";
        const sys::unique_fd fd(::mkstemp(path_.data()));
        EXPECT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { ::unlink(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// How the handshake with `to` ends.
sys::io_result shake(transport& one, const load_target& to,
                     std::span<const std::string> alpn = {}) {
    one.begin_connect(to, make_tls_context(to, alpn));
    pollfd waits{one.fd(), POLLOUT, 0};
    ::poll(&waits, 1, 5000);
    return persist(one, [&] { return one.handshake(); });
}

TEST(TlsHandshake, AgreesOnAProtocolAndNamesTheServer) {
    std::promise<std::string> name;
    peer server(over_tls(
        certificate(), [](SSL* tls, sys::unique_fd&) { wait_for_end(tls); }, {"h2"},
        [&](std::string got) { name.set_value(std::move(got)); }));
    transport one;
    const auto to = server.target("localhost:8443");
    establish(one, to, make_tls_context(to, both));
    EXPECT_EQ(one.protocol(), "h2");
    EXPECT_EQ(name.get_future().get(), "localhost");
}

TEST(TlsHandshake, AnAddressIsNoServerName) {
    for (const std::string host : {"127.0.0.1:8443", "[::1]:8443", "::1", "127.0.0.1"}) {
        std::promise<std::string> name;
        peer server(over_tls(
            certificate(), [](SSL* tls, sys::unique_fd&) { wait_for_end(tls); }, {},
            [&](std::string got) { name.set_value(std::move(got)); }));
        transport one;
        const auto to = server.target(host);
        establish(one, to, make_tls_context(to, {}));
        EXPECT_EQ(name.get_future().get(), "") << host;
        EXPECT_EQ(one.protocol(), "");
    }
}

TEST(TlsHandshake, AcceptsAnyCertificateUnlessItIsToVerify) {
    peer server(over_tls(certificate(), [](SSL* tls, sys::unique_fd&) { wait_for_end(tls); }));
    auto to = server.target("somebody.example");
    transport one;
    EXPECT_EQ(shake(one, to).status, io_status::done);

    to.verifies = true;
    EXPECT_EQ(shake(one, to).status, io_status::failed);
    EXPECT_NE(one.tls_problem().find("certificate is not accepted: self"), std::string::npos)
        << one.tls_problem();

    const temporary_file authority(certificate().pem());
    to.authority = authority.path();
    EXPECT_EQ(shake(one, to).status, io_status::failed);
    EXPECT_NE(one.tls_problem().find("ostname mismatch"), std::string::npos) << one.tls_problem();

    for (const std::string host : {"localhost", "127.0.0.1:443", "[::1]:443"}) {
        to.host = host;
        EXPECT_EQ(shake(one, to).status, io_status::done) << host << ": " << one.tls_problem();
    }
    to.host = "127.0.0.2";
    EXPECT_EQ(shake(one, to).status, io_status::failed);
    EXPECT_NE(one.tls_problem().find("IP address mismatch"), std::string::npos)
        << one.tls_problem();
}

TEST(TlsHandshake, SaysThatTheServerSpeaksNoTls) {
    peer server([](sys::unique_fd& fd) {
        const std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
        ::send(fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        char byte = 0;
        while (::recv(fd.get(), &byte, 1, 0) > 0) {
        }
    });
    transport one;
    EXPECT_EQ(shake(one, server.target()).status, io_status::failed);
    EXPECT_NE(one.tls_problem().find("without TLS"), std::string::npos) << one.tls_problem();
}

TEST(TlsHandshake, SaysWhichAlertCame) {
    peer server(over_tls(certificate(), [](SSL*, sys::unique_fd&) {}, {"h2"}));
    transport one;
    const std::array<std::string, 1> other{"http/1.1"};
    const auto result = shake(one, server.target(), other);
    EXPECT_EQ(result.status, io_status::failed);
    EXPECT_EQ(result.error, EPROTO);
    EXPECT_NE(one.tls_problem().find("alert"), std::string::npos) << one.tls_problem();
    EXPECT_NE(one.tls_problem().find("no application protocol"), std::string::npos);
}

TEST(TlsHandshake, AHandshakeThatThePeerEndsIsNoProblemOfTls) {
    for (const bool by_reset : {true, false}) {
        peer server([=](sys::unique_fd& fd) {
            std::array<char, 4096> hello{};
            ::recv(fd.get(), hello.data(), hello.size(), 0);
            if (by_reset) {
                sys::reset_on_close(fd.get());
            }
        });
        transport one;
        EXPECT_EQ(shake(one, server.target()).status, by_reset ? io_status::reset : io_status::end);
        EXPECT_EQ(one.tls_problem(), "");
    }
}

TEST(TlsHandshake, AnAuthorityThatCanNotBeReadIsNamed) {
    load_target to{sys::endpoint::loopback(1), "localhost", true, true, "/nowhere/authority.pem"};
    try {
        const auto made = make_tls_context(to, {});
        FAIL() << "it was read";
    } catch (const std::runtime_error& why) {
        EXPECT_NE(std::string(why.what()).find("/nowhere/authority.pem"), std::string::npos);
    }
}

TEST(TlsHandshake, TheNameIsTheHostWithoutItsPort) {
    EXPECT_EQ(host_without_port("example.com:443"), "example.com");
    EXPECT_EQ(host_without_port("example.com"), "example.com");
    EXPECT_EQ(host_without_port("[::1]:443"), "::1");
    EXPECT_EQ(host_without_port("[::1]"), "::1");
    EXPECT_EQ(host_without_port("::1"), "::1");
    EXPECT_EQ(host_without_port(""), "");
}

}  // namespace
}  // namespace lastcall::drill
