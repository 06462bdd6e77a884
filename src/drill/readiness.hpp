// Waiting until a server answers.
#pragma once

#include <functional>
#include <string>

#include "drill/exchange.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// Asks `target` for `path`, each time over a new connection, until it answers with 2xx.
/// `give_up`  asked between two attempts: true when the server can not come any more.
/// Returns:   whether it answered so. Blocks: up to `until`.
bool wait_ready(const sys::endpoint& target, const std::string& path, moment until,
                const std::function<bool()>& give_up);

}  // namespace lastcall::drill
