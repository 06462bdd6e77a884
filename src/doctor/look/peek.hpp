// What clients have sent and nobody has read yet: only where it was asked for.
#pragma once

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Looks at the connections of clients, of the second look, in which something waits. What may not
/// be looked at becomes a blind spot.
void peek_at_clients(seen& made);

}  // namespace lastcall::doctor
