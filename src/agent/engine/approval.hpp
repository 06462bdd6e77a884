// Who may approve a deploy.
#pragma once

#include "agent/commands.hpp"

namespace lastcall::agent {

/// Errors: refusal, with who may.
void check_may_approve(const deploy_spec& rules, const deploy_view& what, const actor& who);

}  // namespace lastcall::agent
