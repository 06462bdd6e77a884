#include "sys/intercept/listen_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace lastcall::sys {
namespace {

using family = listen_address::family;

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
/// Without sin6_scope_id, as RFC 2133 had it; the kernel takes it still.
constexpr std::size_t shortest_ip6 = offsetof(sockaddr_in6, sin6_scope_id);

template <typename Address>
Address copy_of(std::span<const std::byte> bytes) {
    Address address{};
    std::memcpy(&address, bytes.data(), std::min(bytes.size(), sizeof address));
    return address;
}

std::optional<listen_address> read_ip4(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(sockaddr_in)) {
        return {};
    }
    const auto from = copy_of<sockaddr_in>(bytes);
    listen_address to;
    to.kind = family::ip4;
    std::memcpy(to.ip.data(), &from.sin_addr, sizeof from.sin_addr);
    to.port = ntohs(from.sin_port);
    return to;
}

std::optional<listen_address> read_ip6(std::span<const std::byte> bytes) {
    if (bytes.size() < shortest_ip6) {
        return {};
    }
    const auto from = copy_of<sockaddr_in6>(bytes);
    listen_address to;
    to.kind = family::ip6;
    std::memcpy(to.ip.data(), &from.sin6_addr, sizeof from.sin6_addr);
    to.port = ntohs(from.sin6_port);
    to.scope = from.sin6_scope_id;
    return to;
}

std::optional<listen_address> read_unix(std::span<const std::byte> bytes) {
    if (bytes.size() <= path_offset || bytes.size() > sizeof(sockaddr_un)) {
        return {};
    }
    const auto from = copy_of<sockaddr_un>(bytes);
    const std::size_t size = bytes.size() - path_offset;
    listen_address to;
    if (from.sun_path[0] == '\0') {
        to.kind = family::abstract_name;
        to.name.assign(from.sun_path + 1, size - 1);
        return to;
    }
    to.kind = family::path;
    to.name.assign(from.sun_path, ::strnlen(from.sun_path, size));
    return to;
}

bool is_mapped(const listen_address& of) noexcept {
    constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return of.kind == family::ip6 && std::equal(prefix.begin(), prefix.end(), of.ip.begin());
}

/// What of IPv4 a socket covers, as an address of ip4; unset: nothing.
std::optional<listen_address> ip4_side(const listen_address& of) noexcept {
    listen_address side;
    side.port = of.port;
    if (of.kind == family::ip4) {
        side.ip = of.ip;
        return side;
    }
    if (is_mapped(of)) {
        std::copy(of.ip.begin() + 12, of.ip.end(), side.ip.begin());
        return side;
    }
    return of.is_wildcard() && !of.is_only_ip6 ? std::optional(side) : std::nullopt;
}

bool do_cover(const listen_address& a, const listen_address& b) noexcept {
    return a.is_wildcard() || b.is_wildcard() || (a.ip == b.ip && a.scope == b.scope);
}

}  // namespace

bool listen_address::is_wildcard() const noexcept {
    return is_ip() && std::all_of(ip.begin(), ip.end(), [](auto byte) { return byte == 0; });
}

std::string listen_address::text() const {
    char digits[INET6_ADDRSTRLEN] = "";
    switch (kind) {
        case family::path:
            return "unix:" + name;
        case family::abstract_name:
            return "unix:@" + name;
        case family::ip4:
            ::inet_ntop(AF_INET, ip.data(), digits, sizeof digits);
            return "tcp:" + std::string(digits) + ":" + std::to_string(port);
        case family::ip6:
            break;
    }
    ::inet_ntop(AF_INET6, ip.data(), digits, sizeof digits);
    const std::string zone = scope == 0 ? "" : "%" + std::to_string(scope);
    return "tcp:[" + std::string(digits) + zone + "]:" + std::to_string(port) +
           (is_wildcard() && is_only_ip6 ? " (only IPv6)" : "");
}

std::optional<listen_address> read_listen_address(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(sa_family_t)) {
        return {};
    }
    switch (copy_of<sockaddr>(bytes).sa_family) {
        case AF_INET:
            return read_ip4(bytes);
        case AF_INET6:
            return read_ip6(bytes);
        case AF_UNIX:
            return read_unix(bytes);
        case AF_UNSPEC: {
            // Old programs leave the family out; the kernel allows it for INADDR_ANY.
            auto address = read_ip4(bytes);
            return address && address->is_wildcard() ? address : std::nullopt;
        }
        default:
            return {};
    }
}

std::optional<listen_address> address_of_socket(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        return {};
    }
    auto address = read_listen_address(std::as_bytes(std::span(&storage, 1)).first(size));
    if (address && address->kind == family::ip6) {
        int only = 0;
        socklen_t room = sizeof only;
        ::getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &room);
        address->is_only_ip6 = only != 0;
    }
    return address;
}

bool is_same_address(const listen_address& a, const listen_address& b) noexcept {
    if (a.kind != b.kind || !a.is_ip()) {
        return a.kind == b.kind && a.name == b.name;
    }
    // What IPV6_V6ONLY says of an address that is no wildcard is in the address already.
    const bool same_stack = !a.is_wildcard() || a.is_only_ip6 == b.is_only_ip6;
    return a.port == b.port && a.ip == b.ip && a.scope == b.scope && same_stack;
}

bool do_overlap(const listen_address& a, const listen_address& b) noexcept {
    if (!a.is_ip() || !b.is_ip()) {
        return a.kind == family::abstract_name && b.kind == a.kind && a.name == b.name;
    }
    if (a.port != b.port) {
        return false;
    }
    if (a.kind == family::ip6 && b.kind == family::ip6 && do_cover(a, b) && !is_mapped(a) &&
        !is_mapped(b)) {
        return true;
    }
    const auto of_a = ip4_side(a);
    const auto of_b = ip4_side(b);
    return of_a && of_b && do_cover(*of_a, *of_b);
}

}  // namespace lastcall::sys
