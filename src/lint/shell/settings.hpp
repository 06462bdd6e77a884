// What a shell's own commands set: traps and options.
#pragma once

#include <optional>

#include "lint/shell/execution.hpp"

namespace lastcall::lint::shell {

struct trap_words {
    trap_setting made;                  ///< without its steps
    const argument* handler = nullptr;  ///< one of the step's, when there is one to read
};

/// trap [--] [action] signal... Returns: nothing for a `trap` that only shows, and for others.
[[nodiscard]] std::optional<trap_words> read_trap(const step& one);

/// `set -e`, `set -o errexit`.
[[nodiscard]] bool sets_errexit(const step& one);

}  // namespace lastcall::lint::shell
