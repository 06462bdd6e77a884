// One process and the sockets, read from the kernel.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Of how many connections it is asked what went over them.
inline constexpr std::size_t details_at_most = 256;

/// Unset: it is gone.
[[nodiscard]] std::optional<seen_process> read_seen_process(int pid);

/// What an earlier look has seen.
struct known_sockets {
    std::set<listening_port>
        ports{};  ///< that they have listened at: a server closes its port first
    std::span<const seen_socket> all{};
};

/// The TCP sockets that these have, and those that wait at their listening ones.
/// `with_outbound`  also those that they have opened to others, which costs a look at all
///                  connections of the machine, if they have any that are not known
/// Returns: false when the kernel did not tell all of them.
[[nodiscard]] bool read_seen_sockets(sys::inet_diag& ask, bool with_outbound,
                                     const known_sockets& known, snapshot& into);

}  // namespace lastcall::doctor
