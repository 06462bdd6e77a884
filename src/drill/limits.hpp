// Whether this machine can carry a load, before anything is started.
#pragma once

#include <cstdint>
#include <string>

namespace lastcall::drill {

struct machine_limits {
    std::uint64_t open_files = 1024;     ///< of this process
    std::uint64_t local_ports = 28'232;  ///< for connections to one address
};

[[nodiscard]] machine_limits read_machine_limits();

/// Returns: what is in the way and what to do about it; empty when nothing is.
[[nodiscard]] std::string why_too_many(std::uint64_t connections, const machine_limits& limits);

}  // namespace lastcall::drill
