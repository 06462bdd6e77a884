#include "sys/socket/socket_client.hpp"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <random>
#include <system_error>

namespace lastcall::sys {
namespace {

io_result from_errno(int error) noexcept {
    switch (error) {
        case EAGAIN:
        case EINPROGRESS:
            return {io_status::would_block, 0, 0};
        case ECONNREFUSED:
            return {io_status::refused, 0, error};
        case ECONNRESET:
        case EPIPE:
            return {io_status::reset, 0, error};
        default:
            return {io_status::failed, 0, error};
    }
}

/// A blocking socket bound to `at`, or none.
unique_fd bound_socket(const endpoint& at) noexcept {
    unique_fd fd(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd && ::bind(fd.get(), at.address(), at.size()) != 0) {
        fd.reset();
    }
    return fd;
}

}  // namespace

std::optional<endpoint> endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    std::uint16_t port = 0;
    const auto digits = text.substr(colon + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) {
        return std::nullopt;
    }
    std::string host(text.substr(0, colon));
    endpoint made;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr) !=
            1) {
            return std::nullopt;
        }
        std::memcpy(&made.storage_, &address, sizeof address);
        made.size_ = sizeof address;
        return made;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
        return std::nullopt;
    }
    std::memcpy(&made.storage_, &address, sizeof address);
    made.size_ = sizeof address;
    return made;
}

endpoint endpoint::loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    endpoint made;
    std::memcpy(&made.storage_, &address, sizeof address);
    made.size_ = sizeof address;
    return made;
}

std::optional<endpoint> endpoint::unix_socket(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return std::nullopt;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    endpoint made;
    std::memcpy(&made.storage_, &address, sizeof address);
    made.size_ = sizeof address;
    return made;
}

std::string endpoint::text() const {
    if (family() == AF_UNIX) {
        return reinterpret_cast<const sockaddr_un*>(&storage_)->sun_path;
    }
    char host[INET6_ADDRSTRLEN] = "?";
    if (family() == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, &storage_, sizeof address);
        ::inet_ntop(AF_INET6, &address.sin6_addr, host, sizeof host);
        std::string made(1, '[');
        return made.append(host).append("]:").append(std::to_string(port()));
    }
    sockaddr_in address{};
    std::memcpy(&address, &storage_, sizeof address);
    ::inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
    return std::string(host) + ":" + std::to_string(port());
}

std::uint16_t endpoint::port() const noexcept {
    if (family() == AF_UNIX) {
        return 0;
    }
    // The port lies at the same place in both kinds of address.
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    sockaddr_in address{};
    std::memcpy(&address, &storage_, sizeof address);
    return ntohs(address.sin_port);
}

const sockaddr* endpoint::address() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage_);
}

io_result begin_connect(unique_fd& into, const endpoint& to, int receive_buffer) noexcept {
    into.reset(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!into) {
        return from_errno(errno);
    }
    const int on = 1;  // without effect on a unix socket
    ::setsockopt(into.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer > 0) {
        ::setsockopt(into.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    if (::connect(into.get(), to.address(), to.size()) == 0) {
        return {};
    }
    // EINTR: the attempt goes on in the background (connect(2)), as with EINPROGRESS.
    return from_errno(errno == EINTR ? EINPROGRESS : errno);
}

io_result connect_result(int fd) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        return from_errno(errno);
    }
    return error == 0 ? io_result{} : from_errno(error);
}

io_result send_some(int fd, std::string_view bytes) noexcept {
    for (;;) {
        const auto size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size >= 0) {
            return {io_status::done, static_cast<std::size_t>(size), 0};
        }
        if (errno != EINTR) {  // nothing was sent, so it is the same call again
            return from_errno(errno);
        }
    }
}

io_result receive_some(int fd, std::span<char> into) noexcept {
    for (;;) {
        const auto size = ::recv(fd, into.data(), into.size(), MSG_DONTWAIT);
        if (size > 0) {
            return {io_status::done, static_cast<std::size_t>(size), 0};
        }
        if (size == 0) {
            return {io_status::end, 0, 0};
        }
        if (errno != EINTR) {  // nothing was taken, so it is the same call again
            return from_errno(errno);
        }
    }
}

io_result peek(int fd) noexcept {
    char byte = 0;
    for (;;) {
        const auto size = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (size > 0) {
            return {io_status::done, 1, 0};
        }
        if (size == 0) {
            return {io_status::end, 0, 0};
        }
        if (errno != EINTR) {
            return from_errno(errno);
        }
    }
}

std::optional<std::uint64_t> bytes_acknowledged(int fd) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    constexpr socklen_t needed = offsetof(tcp_info, tcpi_bytes_acked) + sizeof(std::uint64_t);
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < needed) {
        return std::nullopt;
    }
    // On the side that connected, the kernel counts its SYN as a byte.
    return info.tcpi_bytes_acked == 0 ? 0 : info.tcpi_bytes_acked - 1;
}

std::uint16_t free_port() {
    std::random_device random;
    std::uniform_int_distribution<int> pick(20000, 32000);
    for (int attempt = 0; attempt < 200; ++attempt) {
        const auto port = static_cast<std::uint16_t>(pick(random));
        if (bound_socket(endpoint::loopback(port))) {
            return port;
        }
    }
    throw std::system_error(EADDRINUSE, std::generic_category(),
                            "no free port between 20000 and 32000 on 127.0.0.1");
}

bool somebody_listens(const endpoint& at) noexcept {
    const unique_fd fd(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    return fd && ::connect(fd.get(), at.address(), at.size()) == 0;
}

}  // namespace lastcall::sys
