// Clients that always have a request in flight: each takes the server a known time, and
// the next one follows at once on the same connection.
#pragma once

#include "drill/lane.hpp"

namespace lastcall::drill {

struct slow_plan {
    int connections = 0;
    std::chrono::milliseconds takes{300};
    std::string path = "/slow?ms=";  ///< `takes` in milliseconds is appended
};

[[nodiscard]] lane make_slow_lane(load_context& shared, const slow_plan& plan);

}  // namespace lastcall::drill
