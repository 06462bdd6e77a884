// What the words of a `start` mean. Opens nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "keeper/service.hpp"
#include "sys/process/service_start.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::keeper {

/// Files of a cgroup and what is written into them: "memory.max", "1073741824".
using group_limits = std::vector<std::pair<std::string, std::string>>;

/// Fills what `asked` decides by itself: user, limits, log, environment, which sockets.
/// Errors: request_error.
[[nodiscard]] group_limits read_start_request(const wire::keeper_message& asked, generation& one,
                                              sys::service_start& what);

}  // namespace lastcall::keeper
