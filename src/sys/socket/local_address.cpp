#include "sys/socket/local_address.hpp"

#include <netinet/in.h>

#include <cstring>

namespace lastcall::sys {

// A socket can be bound to no other address, unless net.ipv4.ip_nonlocal_bind says so (ip(7)).
bool is_of_this_machine(const endpoint& one) noexcept {
    sockaddr_storage at{};
    std::memcpy(&at, one.address(), one.size());
    if (at.ss_family == AF_INET) {
        reinterpret_cast<sockaddr_in*>(&at)->sin_port = 0;
    } else if (at.ss_family == AF_INET6) {
        reinterpret_cast<sockaddr_in6*>(&at)->sin6_port = 0;
    } else {
        return false;
    }
    const unique_fd fd(::socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), one.size()) == 0;
}

}  // namespace lastcall::sys
