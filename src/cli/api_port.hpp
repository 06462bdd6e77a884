// Whether the agent that `lastcall up` starts could listen where `api.listen` says.
#pragma once

#include "agent/config/read_host.hpp"
#include "agent/places.hpp"

namespace lastcall::cli {

/// Listens there for a moment. The agent of a keeper that was killed may still do so: that one
/// is waited for, 6 s at most.
/// Errors: problem, after the place of the file, the reason and what to do were printed.
void check_api_port(const agent::host_reading& wanted, const agent::places& where);

}  // namespace lastcall::cli
