// Whether an address is one of this machine's.
#pragma once

#include "sys/socket/socket_client.hpp"

namespace lastcall::sys {

/// In this network namespace; its port does not matter. Nothing is sent.
[[nodiscard]] bool is_of_this_machine(const endpoint& one) noexcept;

}  // namespace lastcall::sys
