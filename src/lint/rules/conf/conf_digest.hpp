// What the chain across files wants to know of a program's configuration.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/conf/configuration.hpp"
#include "lint/rules/conf/conf_case.hpp"

namespace lastcall::lint {

/// The time that the program is given to end, or a platform gives it. No digest where the file
/// does not say it.
void digest_configuration(const conf_case& given, const configuration& read, digest_store& into);

}  // namespace lastcall::lint
