// Clients that make a new connection for each request: what a router that still sends
// traffic here looks like. From the signal on they make none, as after a route is gone.
#pragma once

#include <string>

#include "drill/lane.hpp"

namespace lastcall::drill {

struct fresh_plan {
    int clients = 0;
    std::chrono::milliseconds pause{10};  ///< between an answer and the next connection
    std::string get = "/";
};

[[nodiscard]] lane make_fresh_lane(load_context& shared, const fresh_plan& plan);

}  // namespace lastcall::drill
