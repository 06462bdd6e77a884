// One process and the sockets, read from the kernel.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Unset: it is gone.
[[nodiscard]] std::optional<seen_process> read_seen_process(int pid);

/// The TCP sockets that these have, and those that wait at their listening ones.
/// `with_outbound`  also those that they have opened to others, which costs a walk over all
///                  connections of the machine
/// `known_ports`    that they have listened at before: a server closes its port first
/// Returns: false when the kernel did not tell all of them.
[[nodiscard]] bool read_seen_sockets(sys::inet_diag& ask, bool with_outbound,
                                     const std::set<std::uint16_t>& known_ports, snapshot& into);

}  // namespace lastcall::doctor
