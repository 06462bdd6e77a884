// A server that waits for its WebSockets without end when it is stopped: X06.
#pragma once

#include <optional>
#include <string_view>

#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {

inline constexpr std::string_view open_sockets_text =
    "uvicorn serves WebSockets, and waits for them without end when it is stopped";

/// uvicorn that is told to serve WebSockets (--ws), and not when to end: what tells it so.
/// `lines`  of the file that the chain begins in
[[nodiscard]] std::optional<found_option> find_open_sockets(const launch_chain& chain,
                                                            const line_index& lines);

}  // namespace lastcall::lint
