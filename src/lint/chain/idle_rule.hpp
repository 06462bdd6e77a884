// A server that closes an idle connection before what is in front of it does: CH04. Pure.
#pragma once

#include <vector>

#include "lint/chain/join.hpp"
#include "lint/engine/finding.hpp"

namespace lastcall::lint {

void judge_idle(const joined_budget& of, std::vector<finding>& into);

}  // namespace lastcall::lint
