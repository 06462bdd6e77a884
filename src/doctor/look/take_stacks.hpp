// The stacks of the threads on the route: only where it was asked for.
#pragma once

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// Stops one thread after the other for as long as a copy takes. Those that wait for events are
/// left alone: epoll_wait(2) would return EINTR to them. What cannot be had becomes a blind spot.
void take_stacks(seen& made);

}  // namespace lastcall::doctor
