// What `lastcall up` was asked for.
#pragma once

#include <string>
#include <vector>

#include "agent/config/from_command.hpp"
#include "cli/agent_place.hpp"
#include "sys/fd.hpp"

namespace lastcall::cli {

struct up_wish {
    agent_place where;
    std::string file;
    agent::command_request from;
    std::vector<std::string> ports;
    std::vector<std::string> listens;
    bool has_command = false;
    bool is_detached = false;
    bool is_quiet = false;
};

/// Starts `command` in the background, and waits until every service is ready or one has
/// failed. Returns: the exit status to match.
[[nodiscard]] int up_detached(const up_wish& wish, const std::vector<std::string>& command,
                              sys::unique_fd lock);

}  // namespace lastcall::cli
