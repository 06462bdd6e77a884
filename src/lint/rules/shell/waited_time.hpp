// How long a `sleep` lets pass, with the loops around it.
#pragma once

#include <chrono>
#include <optional>

#include "lint/shell/execution.hpp"

namespace lastcall::lint {

/// At most; a loop may be left before. Unset: not known, as in a `while`.
/// `sleep`  a step of the script for which shell::sleep_of() has an answer
[[nodiscard]] std::optional<std::chrono::milliseconds> waited_time(const shell::script& whole,
                                                                   const shell::step& sleep);

}  // namespace lastcall::lint
