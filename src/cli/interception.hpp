// Whether programs can be given their sockets here, before any is started.
#pragma once

#include "agent/config/service_spec.hpp"

namespace lastcall::cli {

/// Tries it once for each user as whom a service runs that binds by itself. Says what works less
/// well than it could.
/// Errors: problem: it does not work, and a service needs it.
/// Blocks: for some milliseconds, 2 s for each user at most.
void check_interception(const agent::host_spec& wanted);

}  // namespace lastcall::cli
