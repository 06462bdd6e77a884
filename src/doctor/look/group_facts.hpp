// What the cgroup of a process keeps it from: its limits of processor, memory and processes.
#pragma once

#include "doctor/look/seen_process.hpp"

namespace lastcall::doctor {

/// Of version 2 and 1, where they are mounted; where there is no limit the counts stay 0.
void read_group_facts(int pid, seen_process& into);

/// Of the version 2 hierarchy, or of the one that systemd names its units in:
/// "/system.slice/orders.service". Empty: not readable.
[[nodiscard]] std::string cgroup_of(int pid);

}  // namespace lastcall::doctor
