// A stop as lines of text: a curve, an axis, and what its letters stand for.
#pragma once

#include <string>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/report/reports.hpp"

namespace lastcall::drill {

[[nodiscard]] std::vector<std::string> text_timeline(const trial_record& trial,
                                                     const expectations& expected,
                                                     std::string_view signal,
                                                     const terminal_style& style);

}  // namespace lastcall::drill
