// What the bodies of children do with sockets. Each returns errno, 0 when it worked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace lastcall::testing {

inline constexpr std::uint32_t loopback = INADDR_LOOPBACK;

inline int bind_ip4(int fd, std::uint32_t address, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(address);
    to.sin_port = htons(port);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
}

inline int bind_ip6(int fd, const in6_addr& address, std::uint16_t port) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_addr = address;
    to.sin6_port = htons(port);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
}

inline void set(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

inline int get_option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(fd, level, name, &value, &size);
    return value;
}

inline int tcp_socket(int family = AF_INET, int flags = 0) {
    return ::socket(family, SOCK_STREAM | flags, 0);
}

}  // namespace lastcall::testing
