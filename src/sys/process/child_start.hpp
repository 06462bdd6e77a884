// From fork(2) to execve(2) for a program that is to be stopped as a platform would stop it:
// in a group of its own, as PID 1 of a new PID namespace, or inside somebody else's.
//
// A program that is put into namespaces needs a mount of /proc that shows them, and a way to
// say which of the steps failed: "cannot run" has too many reasons to be one errno.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace lastcall::sys {

/// The step at which a start failed.
enum class start_step : std::uint8_t {
    none,
    fork,             ///< also: the new namespaces
    user_map,         ///< of a user namespace
    private_mounts,   ///< mount(2), MS_PRIVATE
    join_namespaces,  ///< setns(2)
    control_group,    ///< cgroup.procs
    execute,
};

struct start_failure {
    start_step step = start_step::none;
    int error = 0;
};

/// Everything that the child needs, made before the fork: afterwards only what
/// signal-safety(7) lists is allowed.
struct child_start {
    const char* program = nullptr;  ///< the file
    char* const* argv = nullptr;
    char* const* environment = nullptr;
    int output = -1;         ///< its stdout and stderr
    int input = -1;          ///< its stdin
    int report = -1;         ///< gets a start_failure; closed by a successful execve
    int gate = -1;           ///< one byte is read before execve; -1: no wait
    int control_group = -1;  ///< an open cgroup.procs; -1: it stays where we are
    int listener = -1;       ///< becomes its descriptor 3; -1: none
    /// Ten places in the environment for the child's own pid, the value of LISTEN_PID.
    char* own_pid = nullptr;
    int join = -1;               ///< a pidfd whose namespaces it enters; -1: none
    bool in_namespaces = false;  ///< PID 1 of a new PID namespace, with its own /proc
    bool with_user_namespace = false;
    const char* user_map = nullptr;  ///< "1000 1000 1\n"
    const char* group_map = nullptr;
};

/// Starts it. Returns: the pid as seen from here; -1 and errno.
/// The child is killed when the calling thread ends: prctl(2), PR_SET_PDEATHSIG.
pid_t start_child(const child_start& what) noexcept;

}  // namespace lastcall::sys
