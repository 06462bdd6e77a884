// What could not be looked at, and which rules have said nothing for it (L60).
#pragma once

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Why another process may not be looked into, and what would help.
struct missing_right {
    const char* why;
    const char* fix;
};
[[nodiscard]] missing_right right_that_is_missing();

/// `has_sockets`  the kernel told all of them, at both looks
void tell_blind_spots(seen& made, bool has_sockets);

}  // namespace lastcall::doctor
