#include "sys/socket/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace lastcall::sys {
namespace {

struct address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    int family = AF_INET6;
};

address to_kernel(const listen_address& at) {
    address out;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    if (at.host.find('\0') != std::string::npos) {  // inet_pton(3) would read what is before it
        throw std::invalid_argument("a NUL is in the address");
    }
    if (!at.host.empty() && ::inet_pton(AF_INET, at.host.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(at.port);
        out.size = sizeof *v4;
        out.family = AF_INET;
        return out;
    }
    v6->sin6_addr = in6addr_any;
    if (!at.host.empty() && ::inet_pton(AF_INET6, at.host.c_str(), &v6->sin6_addr) != 1) {
        throw std::invalid_argument("\"" + at.host + "\" is not an IP address");
    }
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(at.port);
    out.size = sizeof *v6;
    return out;
}

void set(int fd, int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

/// Makes a descriptor that was handed in as those that listen_tcp() makes: never blocking,
/// not inherited. Returns: 0, or the error; EINVAL for what is no listening TCP socket.
int make_ours(int fd) {
    int listens = 0;
    int protocol = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 ||
        ::getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0) {
        return errno;
    }
    if (listens == 0 || protocol != IPPROTO_TCP) {
        return EINVAL;
    }
    const bool is_ours = ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 &&
                         ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
    return is_ours ? 0 : errno;
}

}  // namespace

listen_address parse_listen_address(std::string_view text) {
    const auto refuse = [&](const char* why) {
        throw std::invalid_argument("listen address \"" + std::string(text) + "\": " + why +
                                    "; write it as 127.0.0.1:8080, [::1]:8080 or *:8080");
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        refuse("no port");
    }
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number > 65535) {
        refuse("the port must be 0 to 65535");
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        refuse("an IPv6 address goes into brackets");
    } else if (host == "localhost") {
        host = "127.0.0.1";
    }
    listen_address at{host == "*" ? std::string() : std::string(host),
                      static_cast<std::uint16_t>(number)};
    if (host.empty()) {
        refuse("no host");
    }
    static_cast<void>(to_kernel(at));
    return at;
}

unique_fd listen_tcp(const listen_address& at, int backlog) {
    const address where = to_kernel(at);
    const auto fail = [&](const char* what) {
        throw std::system_error(errno, std::generic_category(),
                                std::string(what) + " " + (at.host.empty() ? "*" : at.host) + ":" +
                                    std::to_string(at.port));
    };
    unique_fd fd(::socket(where.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        fail("cannot make a socket for");
    }
    set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (where.family == AF_INET6) {
        set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, at.host.empty() ? 0 : 1);
    }
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) != 0) {
        fail("cannot bind to");
    }
    if (::listen(fd.get(), backlog) != 0) {
        fail("cannot listen on");
    }
    return fd;
}

unique_fd take_listener(int fd) {
    if (const int error = make_ours(fd); error != 0) {
        throw std::system_error(error, std::generic_category(),
                                "the descriptor " + std::to_string(fd) +
                                    " is no listening TCP socket that was handed in");
    }
    return unique_fd(fd);
}

std::uint16_t local_port(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        return 0;
    }
    return storage.ss_family == AF_INET
               ? ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port)
               : ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
}

std::string peer_name(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        return {};
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (storage.ss_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
        ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
        return std::string(text.data()) + ":" + std::to_string(ntohs(v4->sin_port));
    }
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(v6->sin6_port));
}

accept_outcome accept_connection(int listener, unique_fd& into) noexcept {
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
            into.reset(fd);
            return accept_outcome::accepted;
        }
        switch (errno) {
            case EINTR:
            case ECONNABORTED:
            // Pending network errors of the new socket: accept(2) says to treat them so.
            case ENETDOWN:
            case EPROTO:
            case ENOPROTOOPT:
            case EHOSTDOWN:
            case ENONET:
            case EHOSTUNREACH:
            case EOPNOTSUPP:
            case ENETUNREACH:
                continue;
            case EAGAIN:
                return accept_outcome::none_waiting;
            case EMFILE:
            case ENFILE:
            case ENOBUFS:
            case ENOMEM:
                return accept_outcome::no_descriptors;
            default:
                return accept_outcome::failed;
        }
    }
}

bool drop_new_handshakes(int listener) noexcept {
    // At a TCP socket a filter sees the packet from the TCP header on; byte 13 holds the
    // flags. A segment with SYN is dropped, everything else kept whole.
    constexpr std::uint32_t flags_offset = 13;
    constexpr std::uint32_t syn = 0x02;
    std::array<sock_filter, 4> code{{
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, flags_offset},
        {BPF_JMP | BPF_JSET | BPF_K, 0, 1, syn},
        {BPF_RET | BPF_K, 0, 0, 0},
        {BPF_RET | BPF_K, 0, 0, 0xffffffff},
    }};
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    return ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

std::chrono::microseconds round_trip_time(int fd) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    return std::chrono::microseconds(
        ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_rtt : 0);
}

std::size_t bytes_waiting(int fd) noexcept {
    int bytes = 0;
    return ::ioctl(fd, SIOCINQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool all_acknowledged(int fd) noexcept {
    int bytes = 0;
    return ::ioctl(fd, SIOCOUTQ, &bytes) != 0 || bytes == 0;
}

void reset_on_close(int fd) noexcept {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void shutdown_writing(int fd) noexcept { ::shutdown(fd, SHUT_WR); }

transfer receive(int fd, char* into, std::size_t room) noexcept {
    for (;;) {
        const ssize_t n = ::recv(fd, into, room, 0);
        if (n > 0) {
            return {transfer::kind::done, static_cast<std::size_t>(n)};
        }
        if (n == 0) {
            return {transfer::kind::end};
        }
        if (errno == EINTR) {
            continue;  // nothing was taken; the socket is non-blocking
        }
        return {errno == EAGAIN ? transfer::kind::would_block : transfer::kind::error};
    }
}

transfer send_two(int fd, std::string_view head, std::string_view body) noexcept {
    std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                                {const_cast<char*>(body.data()), body.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body.empty() ? 1 : 2;
    for (;;) {
        const ssize_t n = ::sendmsg(fd, &message, MSG_NOSIGNAL);
        if (n >= 0) {
            return {transfer::kind::done, static_cast<std::size_t>(n)};
        }
        if (errno == EINTR) {
            continue;
        }
        return {errno == EAGAIN ? transfer::kind::would_block : transfer::kind::error};
    }
}

}  // namespace lastcall::sys
