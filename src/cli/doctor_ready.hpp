// lastcall doctor --ready: what the service says of itself while it stops.
#pragma once

#include <functional>
#include <string>

#include "doctor/look/seen.hpp"

namespace lastcall::cli {

/// Asks `url` each time that it is called. It is the only thing that the doctor sends to anybody.
/// Errors: problem: it is no URL of http, or not of this machine.
/// Blocks: each call for up to 2 s; this one for the name server, unless the host is a number.
[[nodiscard]] std::function<doctor::readiness_answer()> asker_of(const std::string& url);

}  // namespace lastcall::cli
