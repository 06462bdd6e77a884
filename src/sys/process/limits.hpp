// What this process may have open.
#pragma once

#include <cstdint>

namespace lastcall::sys {

/// Raises the soft limit of open files to the hard one: getrlimit(2), RLIMIT_NOFILE.
/// Returns: the limit that holds now.
std::uint64_t raise_open_files() noexcept;

/// How many local ports one address has for connections to one destination:
/// net.ipv4.ip_local_port_range (ip(7)).
std::uint64_t local_ports() noexcept;

}  // namespace lastcall::sys
