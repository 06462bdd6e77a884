// How a shell in front of a program is mended.
#pragma once

#include <string>

#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// What, put in front of the only end of an inline script, makes its shell become the program and
/// changes nothing else. Returns: empty where there is nothing so simple.
[[nodiscard]] std::string exec_for(const launch_hop& hop, const script_end& end);

}  // namespace lastcall::lint
