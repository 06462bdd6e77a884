#include "sys/socket/listen_queue.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace lastcall::sys {
namespace {

using ip_address = std::array<std::uint8_t, 16>;

// Every address as one of IPv6; an IPv4 one is mapped (RFC 4291, 2.5.5.2).
ip_address mapped(const std::uint8_t* v4) noexcept {
    ip_address made{};
    made[10] = made[11] = 0xff;
    std::copy_n(v4, 4, made.begin() + 12);
    return made;
}

ip_address address_of(const endpoint& at) noexcept {
    if (at.family() == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, at.address(), sizeof address);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
        return mapped(bytes.data());
    }
    sockaddr_in6 address{};
    std::memcpy(&address, at.address(), sizeof address);
    ip_address made{};
    std::memcpy(made.data(), &address.sin6_addr, made.size());
    return made;
}

bool is_mapped(const ip_address& address) noexcept {
    return mapped(address.data() + 12) == address;
}

bool reaches(const tcp_line& listener, const ip_address& wanted) noexcept {
    if (listener.family == AF_INET) {
        const auto bound = mapped(listener.address.data());
        const std::array<std::uint8_t, 4> any{};
        return is_mapped(wanted) && (bound == wanted || bound == mapped(any.data()));
    }
    const bool to_all = listener.address == ip_address{};
    return listener.address == wanted || (to_all && !(is_mapped(wanted) && listener.is_only_v6));
}

}  // namespace

listener_facts listener_state(inet_diag& ask, const endpoint& at) {
    listener_facts facts;
    const auto wanted = address_of(at);
    const auto take = [&](const tcp_line& line) {
        if (reaches(line, wanted)) {
            facts.owner = facts.inodes.empty() ? line.owner : facts.owner;
            facts.waiting += line.waiting;
            facts.backlog += line.room;
            facts.inodes.push_back(line.inode);
        }
    };
    // A socket of IPv6 may take connections to IPv4 addresses as well.
    facts.is_known =
        (at.family() != AF_INET || ask.list(AF_INET, at.port(), tcp_states::listening, take)) &&
        ask.list(AF_INET6, at.port(), tcp_states::listening, take);
    return facts;
}

listener_facts listener_state(const endpoint& at) {
    inet_diag ask;
    return listener_state(ask, at);
}

}  // namespace lastcall::sys
