// Clients that sent one request and then nothing, and keep their connection: they must not
// hold up a stop, and ending them is no loss.
#pragma once

#include "drill/lane.hpp"

namespace lastcall::drill {

struct idle_plan {
    int connections = 0;
    std::chrono::milliseconds ramp{200};  ///< the connections are made over this time
    std::string get = "/";
};

[[nodiscard]] lane make_idle_lane(load_context& shared, const idle_plan& plan);

}  // namespace lastcall::drill
