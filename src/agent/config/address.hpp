// Where a service listens, in the one form that the keeper takes: "tcp:127.0.0.1:8080",
// "tcp:[::]:8080" (both families), "tcp:8080" (wherever the program binds this port),
// "unix:/run/web.sock".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::agent {

struct address_read {
    std::string address;  ///< canonical
    std::string problem;  ///< empty: it is good
    std::string fix;
    /// "tcp:8080" where a port stood alone: `address` is all of its addresses then.
    std::string port_alone{};
};

/// Reads "8080", "*:8080", "127.0.0.1:8080", "localhost:8080", "[::]:8080", with or without
/// "tcp:" in front, "unix:/run/web.sock", "/run/web.sock".
/// `has_ipv6`  false: a port alone means 0.0.0.0
[[nodiscard]] address_read read_address(std::string_view text, bool has_ipv6);

/// The parts of a canonical address.
struct address_parts {
    bool is_unix = false;
    std::string host;  ///< "127.0.0.1", "::"; of unix the path; of a port alone "*"
    std::uint16_t port = 0;
};
[[nodiscard]] address_parts parts_of(std::string_view canonical);

/// Whether the two can not be listened at side by side: the same port of the same address,
/// or of all addresses; the same path. Port 0 is any free one.
[[nodiscard]] bool overlap(std::string_view left, std::string_view right);

}  // namespace lastcall::agent
