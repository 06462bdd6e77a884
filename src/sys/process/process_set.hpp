// Which processes belong together: by group, namespace, descent, or by what is in their
// environment. Each is one walk over /proc; who comes or goes meanwhile may be missing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::sys {

/// Number of the PID namespace of a process, 0 when it can not be read. pid_namespaces(7).
[[nodiscard]] std::uint64_t pid_namespace_of(int pid);

[[nodiscard]] std::vector<int> processes_of_namespace(std::uint64_t number);

/// The members of a process group that are not dead. Once its leader is reaped its id may be
/// another's, so members count only when they carry `entry`, or it is empty.
[[nodiscard]] std::vector<int> processes_of_group(int group, std::string_view entry);

/// Not the root itself, and nobody who is dead.
[[nodiscard]] std::vector<int> descendants_of(int root);

/// Whose environment holds `entry` ("NAME=value") as it was when it was started.
[[nodiscard]] std::vector<int> marked_processes(std::string_view entry);

/// Whether the environment of `pid` begins with it, or holds it. No heap.
[[nodiscard]] bool carries_entry(int pid, std::string_view entry) noexcept;

/// Whether it is there, and is not a zombie.
[[nodiscard]] bool is_alive(int pid);

/// "sleep 100", with unprintables as \xNN.
[[nodiscard]] std::string command_of(int pid);

/// SIGNAL to each by its handle. Returns: 0, or the errno of the last that could not be
/// signalled; ESRCH when there was nobody.
int signal_each(const std::vector<int>& pids, int number);

}  // namespace lastcall::sys
