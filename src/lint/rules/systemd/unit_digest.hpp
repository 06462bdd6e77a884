// What a unit says about the time that its stop takes.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

/// Of a unit with drop-ins, that file tells in which its TimeoutStopSec stands. A unit that leaves
/// it to the manager tells nothing.
void digest_unit(const unit_case& given, digest_store& into);

}  // namespace lastcall::lint
