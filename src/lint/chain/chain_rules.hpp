// The formula of the chain over what could be joined: CH01 to CH04. Pure.
#pragma once

#include <vector>

#include "lint/chain/digest_store.hpp"
#include "lint/engine/finding.hpp"
#include "lint/engine/profile.hpp"

namespace lastcall::lint {

/// `under`   says what holds for images that nothing here runs
/// Returns:  findings with their places and excerpts, by file and line; those that a comment of
///           their file accepts have its reason.
[[nodiscard]] std::vector<finding> judge_chain(const digest_store& kept, const profile& under);

}  // namespace lastcall::lint
