// What a compose file says about the time that a stop of its services takes.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/rules/compose/compose_case.hpp"

namespace lastcall::lint {

/// Of a service that several files make up, that one tells in which its stop_grace_period stands.
void digest_service(const compose_case& given, digest_store& into);

}  // namespace lastcall::lint
