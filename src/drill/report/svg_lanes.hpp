// The swim lanes: a band for each lane, a row for each connection, a bar for each request.
#pragma once

#include "drill/record/run_record.hpp"
#include "drill/report/lane_rows.hpp"
#include "drill/report/markup.hpp"
#include "drill/report/time_scale.hpp"

namespace lastcall::drill {

/// How much a picture may hold: what is beyond it is left out or put together, and said.
struct lane_limits {
    std::size_t rows = 60;      ///< of a lane
    int pixels = 900;           ///< of all lanes together
    std::size_t bars = 24'000;  ///< bars closer to each other than a pixel become one
    std::size_t markers = 300;
};

/// Draws below `into.height`, and adds what it took to it.
void draw_lanes(picture& into, const trial_record& trial, const expectations& expected,
                const time_scale& scale, const lane_limits& limits);

/// The symbols that mark what is not fine, to be put into a page once.
[[nodiscard]] std::string marker_symbols();

}  // namespace lastcall::drill
