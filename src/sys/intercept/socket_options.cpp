#include "sys/intercept/socket_options.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

namespace lastcall::sys {
namespace {

struct socket_option {
    int level;
    int name;
    std::string_view text;
    bool is_doubled = false;  ///< the kernel tells twice of what is set: socket(7), SO_RCVBUF
};

constexpr socket_option carried[] = {
    {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},
    {SOL_SOCKET, SO_LINGER, "SO_LINGER"},
    {SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE"},
    {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", true},
    {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", true},
    {SOL_SOCKET, SO_RCVLOWAT, "SO_RCVLOWAT"},
    {SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO"},
    {SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO"},
    {SOL_SOCKET, SO_PRIORITY, "SO_PRIORITY"},
    {SOL_SOCKET, SO_MARK, "SO_MARK"},
    {SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL"},
    {SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"},
    {SOL_SOCKET, SO_ZEROCOPY, "SO_ZEROCOPY"},
    {IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"},
    {IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE"},
    {IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL"},
    {IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT"},
    {IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2"},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT"},
    {IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION"},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"},
    {IPPROTO_TCP, TCP_FASTOPEN, "TCP_FASTOPEN"},
    {IPPROTO_TCP, TCP_NOTSENT_LOWAT, "TCP_NOTSENT_LOWAT"},
    {IPPROTO_TCP, TCP_SAVE_SYN, "TCP_SAVE_SYN"},
    {IPPROTO_IP, IP_TOS, "IP_TOS"},
    {IPPROTO_IP, IP_TTL, "IP_TTL"},
    {IPPROTO_IP, IP_TRANSPARENT, "IP_TRANSPARENT"},
    {IPPROTO_IPV6, IPV6_TCLASS, "IPV6_TCLASS"},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"},
};

using value = std::array<char, 32>;

/// Unset when the socket has no such option.
std::optional<std::span<char>> read(int fd, const socket_option& which, value& into) {
    auto size = static_cast<socklen_t>(into.size());
    if (::getsockopt(fd, which.level, which.name, into.data(), &size) != 0) {
        return {};
    }
    return std::span(into).first(size);
}

}  // namespace

std::string carry_options_over(int from, int to) {
    std::string failed;
    for (const socket_option& each : carried) {
        value theirs{};
        value ours{};
        const auto wanted = read(from, each, theirs);
        const auto present = read(to, each, ours);
        if (!wanted || !present ||
            std::equal(wanted->begin(), wanted->end(), present->begin(), present->end())) {
            continue;
        }
        if (each.is_doubled) {
            int size = 0;
            std::memcpy(&size, theirs.data(), sizeof size);
            size /= 2;
            std::memcpy(theirs.data(), &size, sizeof size);
        }
        if (::setsockopt(to, each.level, each.name, wanted->data(),
                         static_cast<socklen_t>(wanted->size())) != 0) {
            failed.append(failed.empty() ? "" : ", ").append(each.text);
        }
    }
    return failed;
}

std::string options_that_stay_behind(int socket) {
    int device = 0;
    socklen_t size = sizeof device;
    if (::getsockopt(socket, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &size) == 0 && device != 0) {
        return "SO_BINDTODEVICE";
    }
    // Asked without room the kernel answers with the number of instructions.
    socklen_t instructions = 0;
    if (::getsockopt(socket, SOL_SOCKET, SO_GET_FILTER, nullptr, &instructions) == 0 &&
        instructions > 0) {
        return "SO_ATTACH_FILTER";
    }
    return "";
}

}  // namespace lastcall::sys
