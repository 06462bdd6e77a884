#include "sys/socket/socket_table.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "init/child.hpp"
#include "sys/clock.hpp"

using namespace lastcall;
using lastcall::init_test::child;

namespace {

constexpr std::string_view inet_line =
    "   0: 0100007F:1F90 0200000A:C000 01 00000000:00000010 00:00000000 00000000  1000"
    "        0 4242 1 0000000000000000 20 4 30 10 -1";

TEST(InetLine, IsReadWithItsAddresses) {
    const auto line = sys::parse_inet_line(inet_line, sys::socket_kind::tcp);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->local.view(), "127.0.0.1:8080");
    EXPECT_EQ(line->peer.view(), "10.0.0.2:49152");
    EXPECT_EQ(line->state, sys::socket_state::connected);
    EXPECT_EQ(line->inode, 4242U);
    EXPECT_EQ(line->waiting, 16U);
    EXPECT_TRUE(line->is_client);
}

TEST(InetLine, OfVersionSixIsWrittenAsRfc5952Says) {
    const auto local_of = [](const std::string& address) {
        const auto line =
            sys::parse_inet_line(" 0: " + address + ":0050 " + std::string(32, '0') +
                                     ":0000 0A 00000000:00000003 00:00000000 00000000 0 0 7 1",
                                 sys::socket_kind::tcp);
        return line ? std::string(line->local.view()) + "/" + std::to_string(line->waiting) : "";
    };
    EXPECT_EQ(local_of("00000000000000000000000001000000"), "[::1]:80/3");
    EXPECT_EQ(local_of("00000000000000000000000000000000"), "[::]:80/3");
    EXPECT_EQ(local_of("B80D0120000000000000000001000000"), "[2001:db8::1]:80/3");
    EXPECT_EQ(local_of("0000000000000000FFFF00000100007F"), "127.0.0.1:80/3");
    EXPECT_EQ(local_of("01000200030004000500060007000800"), "[2:1:4:3:6:5:8:7]:80/3");
}

TEST(InetLine, IsRefusedWhenCutOrWrong) {
    const std::size_t enough = inet_line.find(" 4242") + 2;
    for (std::size_t size = 0; size < enough; ++size) {
        EXPECT_FALSE(sys::parse_inet_line(inet_line.substr(0, size), sys::socket_kind::tcp));
    }
    for (const char* text :
         {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
          " 0: 0100007F:1F901 0200000A:C000 01 0:0 0:0 0 0 0 7",
          " 0: 0100007G:1F90 0200000A:C000 01 0:0 0:0 0 0 0 7",
          " 0: 0100007F:1F90 0200000A:C000 01 00 0:0 0 0 0 7",
          " 0: 0100007F:1F90 0200000A:C000 01 0:0 0:0 0 0 0 99999999999999999999999"}) {
        EXPECT_FALSE(sys::parse_inet_line(text, sys::socket_kind::tcp)) << text;
    }
}

TEST(UnixLine, IsReadWithItsPath) {
    const auto line = sys::parse_unix_line(
        "0000000000000000: 00000002 00000000 00010000 0001 01 23456 /run/a b\x1b");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->state, sys::socket_state::listening);
    EXPECT_EQ(line->inode, 23456U);
    EXPECT_EQ(line->local.view(), "/run/a b\\x1b");
    const auto nameless =
        sys::parse_unix_line("0000000000000000: 00000003 00000000 00000000 0001 03 23457");
    ASSERT_TRUE(nameless);
    EXPECT_EQ(nameless->state, sys::socket_state::connected);
    EXPECT_FALSE(nameless->is_client);
    EXPECT_FALSE(sys::parse_unix_line("Num       RefCount Protocol Flags    Type St Inode Path"));
    EXPECT_FALSE(sys::parse_unix_line("0000000000000000: 00000002 00000000"));
}

int listener_on_loopback(sockaddr_in& address) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd, 4096), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    return fd;
}

int connected_to(const sockaddr_in& address) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
}

std::string text_of(const sockaddr_in& address) {
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

sockaddr_in name_of(int fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    return address;
}

std::chrono::nanoseconds soon() { return sys::monotonic_now() + std::chrono::seconds(20); }

TEST(Sockets, OfAServerAreItsListenerItsClientsAndWhoWaits) {
    sockaddr_in address;
    const int listener = listener_on_loopback(address);
    const int client = connected_to(address);
    child server([&](const auto& ready) {
        ::close(client);
        ::accept(listener, nullptr, nullptr);
        ready("");
    });
    ::close(listener);
    const int waiting = connected_to(address);

    std::array<sys::socket_line, 8> lines;
    const auto counts = sys::read_sockets(server.pid(), lines, soon());
    EXPECT_TRUE(counts.is_complete);
    EXPECT_TRUE(counts.is_readable);
    EXPECT_EQ(counts.listening, 1U);
    EXPECT_EQ(counts.clients, 1U);
    ASSERT_GE(counts.lines, 2U);
    EXPECT_EQ(lines[0].state, sys::socket_state::listening);
    EXPECT_EQ(lines[0].local.view(), text_of(address));
    EXPECT_EQ(lines[0].waiting, 1U);
    EXPECT_EQ(lines[1].local.view(), text_of(address));
    EXPECT_EQ(lines[1].peer.view(), text_of(name_of(client)));
    EXPECT_TRUE(lines[1].is_client);

    // Our own side is no client of ours.
    const auto own = sys::read_sockets(::getpid(), lines, soon());
    EXPECT_GE(own.connected, 2U);
    EXPECT_EQ(own.clients, 0U);
    ::close(client);
    ::close(waiting);
}

TEST(Sockets, ThatThePeerHasClosedAreCounted) {
    sockaddr_in address;
    const int listener = listener_on_loopback(address);
    const int client = connected_to(address);
    child server([&](const auto& ready) {
        ::close(client);
        ::accept(listener, nullptr, nullptr);
        ready("");
    });
    ::close(client);
    std::array<sys::socket_line, 8> lines;
    EXPECT_TRUE(init_test::wait_until(
        [&] { return sys::read_sockets(server.pid(), lines, soon()).closed_by_peer == 1; }));
    ::close(listener);
}

TEST(Sockets, OfTheUnixKindHaveTheirPath) {
    char folder[] = "/tmp/lastcall_sockets_XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = std::string(folder) + "/s";
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    child server([&](const auto& ready) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(fd, 8);
        ready("");
    });
    std::array<sys::socket_line, 8> lines;
    const auto counts = sys::read_sockets(server.pid(), lines, soon());
    ::unlink(path.c_str());
    ::rmdir(folder);
    ASSERT_EQ(counts.listening, 1U);
    EXPECT_EQ(lines[0].local.view(), path);
}

TEST(Sockets, InThousandsAreAllCountedAndAFewAreNamed) {
    constexpr int pairs = 5000;
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < 2 * pairs + 100) {
        GTEST_SKIP() << "needs " << 2 * pairs << " descriptors";
    }
    limit.rlim_cur = 2 * pairs + 100;
    child server([&](const auto& ready) {
        ::setrlimit(RLIMIT_NOFILE, &limit);
        sockaddr_in address;
        const int listener = listener_on_loopback(address);
        int made = 0;
        for (; made < pairs; ++made) {
            if (connected_to(address) < 0 || ::accept(listener, nullptr, nullptr) < 0) {
                break;
            }
        }
        ready(std::to_string(made));
    });
    ASSERT_EQ(server.said(), std::to_string(pairs));
    std::array<sys::socket_line, 16> lines;
    const auto counts = sys::read_sockets(server.pid(), lines, soon());
    EXPECT_TRUE(counts.is_complete);
    EXPECT_EQ(counts.listening, 1U);
    EXPECT_EQ(counts.connected, 2U * pairs);
    EXPECT_EQ(counts.clients, 1U * pairs);
    EXPECT_LE(counts.lines, lines.size());

    // Out of time, it says so instead of a count that looks whole.
    const auto cut = sys::read_sockets(server.pid(), lines, std::chrono::nanoseconds(0));
    EXPECT_FALSE(cut.is_complete);
    EXPECT_LT(cut.connected, 2U * pairs);
}

TEST(Sockets, OfAProcessThatIsGoneAreNotReadable) {
    std::array<sys::socket_line, 2> lines;
    EXPECT_FALSE(sys::read_sockets(4'194'303, lines, soon()).is_readable);
}

}  // namespace
