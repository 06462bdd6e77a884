// What could not be looked at, and which rules have said nothing for it (L60).
#pragma once

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// `has_sockets`  the kernel told all of them, at both looks
void tell_blind_spots(seen& made, bool has_sockets);

}  // namespace lastcall::doctor
