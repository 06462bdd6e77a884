// Reading addresses, and which of them the kernel can tell apart.
#include "sys/intercept/listen_address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "sys/fd.hpp"

namespace lastcall::sys {
namespace {

using family = listen_address::family;

template <typename Address>
std::optional<listen_address> read(const Address& address, std::size_t size = sizeof(Address)) {
    return read_listen_address(std::as_bytes(std::span(&address, 1)).first(size));
}

sockaddr_in ip4(std::uint32_t address, std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_addr.s_addr = htonl(address);
    made.sin_port = htons(port);
    return made;
}

sockaddr_in6 ip6(const in6_addr& address, std::uint16_t port) {
    sockaddr_in6 made{};
    made.sin6_family = AF_INET6;
    made.sin6_addr = address;
    made.sin6_port = htons(port);
    return made;
}

TEST(ListenAddress, IsReadAndShown) {
    EXPECT_EQ(read(ip4(INADDR_LOOPBACK, 8080))->text(), "tcp:127.0.0.1:8080");
    EXPECT_EQ(read(ip4(INADDR_ANY, 80))->text(), "tcp:0.0.0.0:80");
    EXPECT_EQ(read(ip6(in6addr_any, 8080))->text(), "tcp:[::]:8080");
    sockaddr_in6 local = ip6(in6addr_loopback, 1);
    local.sin6_addr.s6_addr[0] = 0xfe;
    local.sin6_addr.s6_addr[1] = 0x80;
    local.sin6_scope_id = 7;
    EXPECT_EQ(read(local)->text(), "tcp:[fe80::1%7]:1");
    sockaddr_un path{AF_UNIX, "/run/app.sock"};
    EXPECT_EQ(read(path)->text(), "unix:/run/app.sock");
    EXPECT_EQ(read(path, offsetof(sockaddr_un, sun_path) + 8)->name, "/run/app");
    sockaddr_un name{AF_UNIX, ""};
    std::memcpy(name.sun_path, "\0name", 5);
    EXPECT_EQ(read(name, offsetof(sockaddr_un, sun_path) + 5)->text(), "unix:@name");
}

TEST(ListenAddress, TakesWhatTheKernelTakes) {
    sockaddr_in nameless = ip4(INADDR_ANY, 80);
    nameless.sin_family = AF_UNSPEC;
    EXPECT_EQ(read(nameless)->kind, family::ip4);
    nameless.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_FALSE(read(nameless));
    EXPECT_TRUE(read(ip6(in6addr_any, 80), 24)) << "without a scope, as RFC 2133 had it";
}

TEST(ListenAddress, RefusesWhatIsCutOrOfAnotherFamily) {
    EXPECT_FALSE(read(ip4(INADDR_ANY, 80), 15));
    EXPECT_FALSE(read(ip6(in6addr_any, 80), 23));
    EXPECT_FALSE(read(ip4(INADDR_ANY, 80), 1));
    EXPECT_FALSE(read(sockaddr_un{AF_UNIX, "x"}, sizeof(sa_family_t))) << "autobind has no name";
    sockaddr_storage other{};
    other.ss_family = AF_NETLINK;
    EXPECT_FALSE(read(other));
}

listen_address at(family kind, std::vector<std::uint8_t> ip, bool is_only_ip6 = false,
                  std::uint16_t port = 80) {
    listen_address made;
    made.kind = kind;
    std::copy(ip.begin(), ip.end(), made.ip.begin());
    made.is_only_ip6 = is_only_ip6;
    made.port = port;
    return made;
}

const listen_address any4 = at(family::ip4, {});
const listen_address loopback4 = at(family::ip4, {127, 0, 0, 1});
const listen_address other4 = at(family::ip4, {10, 0, 0, 1});
const listen_address any6 = at(family::ip6, {});
const listen_address only6 = at(family::ip6, {}, true);
const listen_address loopback6 = at(family::ip6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
const listen_address mapped =
    at(family::ip6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1});

/// Binds both for real. Returns: whether the kernel refused the second.
bool does_kernel_refuse(const listen_address& first, const listen_address& second) {
    unique_fd sockets[2];
    std::uint16_t port = 0;
    const listen_address* const both[] = {&first, &second};
    for (int i = 0; i < 2; ++i) {
        const bool is_ip6 = both[i]->kind == family::ip6;
        sockets[i].reset(::socket(is_ip6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int fd = sockets[i].get();
        // Not the address of this machine: 10.0.0.1 need not be one.
        const int on = 1;
        const int only = both[i]->is_only_ip6 ? 1 : 0;
        ::setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
        sockaddr_in6 address6 = ip6(in6addr_any, port);
        sockaddr_in address4 = ip4(0, port);
        std::memcpy(&address6.sin6_addr, both[i]->ip.data(), 16);
        std::memcpy(&address4.sin_addr, both[i]->ip.data(), 4);
        if (is_ip6) {
            ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
        }
        const int result =
            is_ip6 ? ::bind(fd, reinterpret_cast<sockaddr*>(&address6), sizeof address6)
                   : ::bind(fd, reinterpret_cast<sockaddr*>(&address4), sizeof address4);
        if (result != 0) {
            EXPECT_EQ(i, 1) << both[i]->text() << ": " << errno;
            EXPECT_EQ(errno, EADDRINUSE);
            return true;
        }
        port = address_of_socket(fd)->port;
    }
    return false;
}

TEST(ListenAddress, OverlapsWhereTheKernelRefusesBoth) {
    const listen_address* const all[] = {&any4,  &loopback4, &other4, &any6,
                                         &only6, &loopback6, &mapped};
    for (const listen_address* a : all) {
        for (const listen_address* b : all) {
            // A refusal can be for somebody else, who has just taken that port.
            bool is_refused = true;
            for (int attempt = 0; attempt < 5 && is_refused; ++attempt) {
                is_refused = does_kernel_refuse(*a, *b);
            }
            EXPECT_EQ(do_overlap(*a, *b), is_refused) << a->text() << " and " << b->text();
        }
    }
    EXPECT_FALSE(do_overlap(any4, at(family::ip4, {}, false, 81)));
}

TEST(ListenAddress, IsTheSameOnlyWhenNobodyCanTellTheDifference) {
    EXPECT_TRUE(is_same_address(any6, any6));
    EXPECT_FALSE(is_same_address(any6, only6));
    EXPECT_FALSE(is_same_address(any6, any4));
    EXPECT_FALSE(is_same_address(mapped, loopback4));
    listen_address strict = loopback6;
    strict.is_only_ip6 = true;
    EXPECT_TRUE(is_same_address(strict, loopback6)) << "::1 has no IPv4 side";
}

}  // namespace
}  // namespace lastcall::sys
