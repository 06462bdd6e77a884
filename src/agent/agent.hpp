// The agent as a process: started by the keeper, it opens the journal, takes up the work, and
// answers the API until the keeper has stopped everything.
#pragma once

#include <string>
#include <vector>

#include "agent/places.hpp"

namespace lastcall::agent {

struct agent_options {
    places where;
    std::string wanted_file;   ///< the host_spec of `up` as JSON (docs/agent-api.md)
    std::string init_program;  ///< lastcall-init
    std::string version;
    std::vector<std::string> own_arguments;  ///< with "agent" in front: an upgrade starts it so
    bool is_quiet = false;                   ///< no event lines, no output of services
};

/// Returns: an exit status; 0 when the keeper has stopped everything.
/// Errors: std::runtime_error: it was not started by a keeper; the wanted file is not right.
[[nodiscard]] int run_agent(const agent_options& how);

}  // namespace lastcall::agent
