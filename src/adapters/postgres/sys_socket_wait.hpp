// Waiting for a connection's socket and for a word from another thread at once.
#pragma once

#include <lastcall/gate.hpp>

namespace lastcall::detail {

struct socket_wait {
    bool ready = false;  ///< the socket can be read, or written where asked, or has failed
    bool told = false;   ///< the event is set
};

/// `socket`, `event`   -1: not waited for
/// Returns: nothing set once `until` has passed.
socket_wait wait_for_socket(int socket, bool also_write, int event,
                            clock::time_point until) noexcept;

}  // namespace lastcall::detail
