#include "sys/socket/resolve.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <memory>

namespace lastcall::sys {
namespace {

std::optional<endpoint> to_endpoint(const addrinfo& one, std::uint16_t port) {
    char text[INET6_ADDRSTRLEN];
    if (one.ai_family == AF_INET) {
        const auto* const v4 = reinterpret_cast<const sockaddr_in*>(one.ai_addr);
        ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        return endpoint::parse(std::string(text) + ":" + std::to_string(port));
    }
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(one.ai_addr);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return endpoint::parse("[" + std::string(text) + "]:" + std::to_string(port));
}

}  // namespace

std::optional<endpoint> resolve(const std::string& host, std::uint16_t port, std::string& problem) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* all = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &all); error != 0) {
        problem = ::gai_strerror(error);
        return std::nullopt;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(all, ::freeaddrinfo);
    for (const int family : {AF_INET, AF_INET6}) {
        for (const auto* one = all; one != nullptr; one = one->ai_next) {
            if (one->ai_family == family) {
                return to_endpoint(*one, port);
            }
        }
    }
    problem = "it has neither an IPv4 nor an IPv6 address";
    return std::nullopt;
}

}  // namespace lastcall::sys
