// What is there, against what the head names: the verdict on a journal. Pure.
#pragma once

#include <optional>

#include "agent/journal/chain.hpp"
#include "agent/journal/head_file.hpp"

namespace lastcall::agent {

/// `before`, `after`  the head before and after the look, because a writer goes on meanwhile
[[nodiscard]] journal_check judge(const chain_look& seen, const std::optional<head>& before,
                                  const std::optional<head>& after);

}  // namespace lastcall::agent
