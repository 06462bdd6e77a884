// Who is stopped, by what, and how often: what belongs together, and what has no effect.
#pragma once

#include "drill/contract/settings.hpp"

namespace lastcall::drill {

/// Errors: settings_error: more than one was named.
void check_one_subject(const subject_choice& who);

/// Errors: settings_error with what to give instead.
void check_subject(const settings& chosen);

}  // namespace lastcall::drill
