// Whom `lastcall doctor` is to look at, asked of whoever runs it.
#pragma once

#include <string>

#include "cli/agent_place.hpp"
#include "doctor/look/look.hpp"

namespace lastcall::cli {

struct doctor_wish {
    std::string pid;
    std::string unit;
    std::string container;
    std::string service;
    std::int64_t port = 0;
    std::string signal;
    std::string since;
    std::string stopped_by;
    std::string ready;
    bool watches = false;
    bool is_deep = false;
    bool peeks = false;
    bool takes_stacks = false;
    bool as_json = false;
    bool as_markdown = false;
    agent_place where;
};

/// Errors: problem: it is not there, or cannot be asked for.
/// Blocks: for the answer of systemd, docker or the agent.
[[nodiscard]] doctor::look_request subject_of(const doctor_wish& wish);

}  // namespace lastcall::cli
