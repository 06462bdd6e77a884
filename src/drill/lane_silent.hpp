// Clients that connect and never send a byte, as browsers do that expect to need a second
// connection. A stop must not wait for their first request.
#pragma once

#include "drill/lane.hpp"

namespace lastcall::drill {

struct silent_plan {
    int connections = 0;
};

[[nodiscard]] lane make_silent_lane(load_context& shared, const silent_plan& plan);

}  // namespace lastcall::drill
