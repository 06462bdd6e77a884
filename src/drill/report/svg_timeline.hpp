// One stop as a picture: marks, curves and swim lanes over one axis of time.
#pragma once

#include <string>

#include "drill/record/run_record.hpp"
#include "drill/report/svg_lanes.hpp"
#include "drill/report/time_scale.hpp"

namespace lastcall::drill {

/// `scale`   of the whole trial, or a close-up
/// `id`      in the document
/// `signal`  its name, for the label
/// Returns:  an <svg> as wide as its surroundings. Its symbols and patterns are those of
///           picture_definitions(), which has to be in the same document.
[[nodiscard]] std::string svg_timeline(const trial_record& trial, const expectations& expected,
                                       const time_scale& scale, std::string_view id,
                                       std::string_view signal, const lane_limits& limits);

/// The time of a stop as a bar, to scale; what was used of it is enlarged below when it is
/// little of the whole. Empty when there was no signal.
[[nodiscard]] std::string svg_budget(const trial_record& trial, const expectations& expected);

/// An invisible <svg> with what the pictures refer to.
[[nodiscard]] std::string picture_definitions();

}  // namespace lastcall::drill
