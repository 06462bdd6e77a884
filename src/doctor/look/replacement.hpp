// Who runs in the place of a process that has ended.
#pragma once

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// As it has to be known again once it has ended.
[[nodiscard]] ended_process remembered(const seen_process& one);

/// The process that the same parent has started since with the same command, some seconds ago at
/// most; 0: none.
[[nodiscard]] int replacement_of(const ended_process& one);

}  // namespace lastcall::doctor
