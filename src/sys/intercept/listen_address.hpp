// An address at which a server listens, as bind(2) is given it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace lastcall::sys {

struct listen_address {
    enum class family : std::uint8_t { ip4, ip6, path, abstract_name };

    family kind = family::ip4;
    std::array<std::uint8_t, 16> ip{};  ///< in the order of the network; of ip4 the first four
    std::uint16_t port = 0;
    std::uint32_t scope = 0;   ///< the interface of a link-local address
    bool is_only_ip6 = false;  ///< IPV6_V6ONLY of the socket, which the address does not hold
    std::string name;          ///< a path, or an abstract name without its leading NUL

    [[nodiscard]] bool is_ip() const noexcept { return kind == family::ip4 || kind == family::ip6; }
    [[nodiscard]] bool is_wildcard() const noexcept;
    /// "tcp:127.0.0.1:8080", "tcp:[::]:8080", "unix:/path", "unix:@name"; "tcp:[::]:8080 (only
    /// IPv6)" where the same address of a dual-stack socket would mean more.
    [[nodiscard]] std::string text() const;
};

/// Reads a sockaddr as bind(2) would: unset for another family, for one that is too short,
/// and for a unix socket without a name (autobind).
[[nodiscard]] std::optional<listen_address> read_listen_address(
    std::span<const std::byte> sockaddr);

/// The address that a socket of ours is bound to; unset when it is none.
[[nodiscard]] std::optional<listen_address> address_of_socket(int fd);

/// Whether two sockets can be told apart by nobody: same family, address and port.
[[nodiscard]] bool is_same_address(const listen_address& a, const listen_address& b) noexcept;

/// Whether the kernel refuses to bind both, SO_REUSEPORT apart: ip(7), ipv6(7). Two paths
/// never overlap here, they are compared by the folder that they lead to.
[[nodiscard]] bool do_overlap(const listen_address& a, const listen_address& b) noexcept;

}  // namespace lastcall::sys
