// Sends cancel requests for forced transactions until they have ended.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "adapters/postgres/connection.hpp"

namespace lastcall::detail {

/// Cancels at once and again every 50 ms, because a request that arrives between two
/// statements has no effect; a commit only after half of `patience`. After `patience` the
/// transactions' own threads drop what is left.
///
/// On a thread of its own that nobody joins: PQcancel makes a connection and blocks as
/// long as that takes, which may be longer than the process has. It shares only the tickets.
/// Without a thread (EAGAIN) nothing is cancelled, and the connections are dropped.
/// Blocks:   never.
void cancel_in_background(std::vector<std::shared_ptr<postgres_ticket>> tickets,
                          std::chrono::milliseconds patience) noexcept;

}  // namespace lastcall::detail
