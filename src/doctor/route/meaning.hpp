// What the stop signal, as it comes to a process, means to its program. Pure.
#pragma once

#include "core/software.hpp"
#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Null: nothing is known of it.
[[nodiscard]] const core::software* software_of(const seen_process& one);

/// It takes the signal for something else than an end in order.
[[nodiscard]] bool takes_it_otherwise(const seen& of, const seen_process& one);

}  // namespace lastcall::doctor
