// Names of hosts: getaddrinfo(3). Only for tools, before anything is measured: it may wait
// for a name server.
#pragma once

#include <optional>
#include <string>

#include "sys/socket/socket_client.hpp"

namespace lastcall::sys {

/// The first address of a host, IPv4 before IPv6.
/// `problem`  filled in words when there is none
[[nodiscard]] std::optional<endpoint> resolve(const std::string& host, std::uint16_t port,
                                              std::string& problem);

}  // namespace lastcall::sys
