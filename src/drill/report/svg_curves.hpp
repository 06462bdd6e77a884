// What was sampled: requests in flight and the accept queue as areas, readiness as a strip.
#pragma once

#include "drill/record/run_record.hpp"
#include "drill/report/markup.hpp"
#include "drill/report/time_scale.hpp"

namespace lastcall::drill {

/// Draws below `into.height`, and adds what it took to it. Nothing for curves that were not
/// sampled or never left 0.
void draw_curves(picture& into, const trial_record& trial, const time_scale& scale);

}  // namespace lastcall::drill
