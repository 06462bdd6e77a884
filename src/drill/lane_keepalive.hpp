// Clients that keep their connection: GET and POST mixed, with a time to think between
// them. At any instant most of their connections are idle, which is where servers that
// stop lose requests: they close in the moment the next request is on its way.
#pragma once

#include <string>
#include <string_view>

#include "drill/lane.hpp"

namespace lastcall::drill {

struct keepalive_plan {
    std::string_view lane = "keepalive";  ///< a literal: its name in the records
    int connections = 0;
    std::chrono::milliseconds think{20};  ///< mean; each is between half and one and a half
    double post_share = 0.3;              ///< of all requests, 0 to 1
    std::string get = "/";
    std::string post = "/orders";  ///< gets {"item":"…","quantity":n}, each item only once
};

[[nodiscard]] lane make_keepalive_lane(load_context& shared, const keepalive_plan& plan);

}  // namespace lastcall::drill
