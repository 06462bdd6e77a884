// lastcall doctor --watch
#pragma once

#include "cli/doctor_subject.hpp"

namespace lastcall::cli {

/// Prints a line for each change of what keeps it, until it has ended. Blocks: until then, and
/// some seconds: somebody may start it again.
/// Returns: the exit status. Errors: doctor::look_error: it was not there at the first look.
[[nodiscard]] int watch(doctor::look_request what, const doctor_wish& wish);

}  // namespace lastcall::cli
