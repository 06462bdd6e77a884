// The moments of a stop as labels above a picture, no two of them over each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/report/markup.hpp"
#include "drill/report/time_scale.hpp"

namespace lastcall::drill {

struct mark_label {
    mark which = mark::signal_sent;
    double at = 0;  ///< 0 to 1
    std::string text;
    int level = 0;           ///< 0 is the lowest
    bool is_before = false;  ///< the text ends at the line instead of beginning there
};

/// Those that came in the time shown, from left to right. No two texts of one level touch on
/// a picture of `narrowest` pixels or more.
[[nodiscard]] std::vector<mark_label> place_marks(const trial_record& trial,
                                                  std::string_view signal, const time_scale& scale,
                                                  int narrowest);

[[nodiscard]] int levels_of(const std::vector<mark_label>& labels) noexcept;

/// Labels from the top of `into` down to `bottom_of_labels`, lines from there to its height.
void draw_marks(picture& into, const std::vector<mark_label>& labels, int bottom_of_labels);

inline constexpr int mark_level_height = 16;

}  // namespace lastcall::drill
