// Clients that read a response which takes seconds: one connection for each stream. A
// stream counts as served when its framing ends, not when its bytes stop.
#pragma once

#include "drill/lane.hpp"

namespace lastcall::drill {

struct stream_plan {
    int connections = 0;
    std::chrono::seconds takes{2};
    std::string path = "/stream?seconds=";  ///< `takes` in seconds is appended
};

[[nodiscard]] lane make_stream_lane(load_context& shared, const stream_plan& plan);

}  // namespace lastcall::drill
