// WebSocket sessions that send a message now and then and expect it back. Each session is
// one exchange (GET, status 101) whose outcome is how it ended; each message is another
// (ECHO). A message that has no answer when the server says 1001 shares the session's
// outcome: the client was told, and knows which message it was.
#pragma once

#include "drill/lane.hpp"

namespace lastcall::drill {

struct websocket_plan {
    int connections = 0;
    std::chrono::milliseconds every{200};  ///< between an echo and the next message
    std::string path = "/feed";
};

[[nodiscard]] lane make_websocket_lane(load_context& shared, const websocket_plan& plan);

}  // namespace lastcall::drill
