// Starts a program: fork(2), then execve(2), and says when the new program is there.
#pragma once

#include <cstdint>

#include "sys/fd.hpp"
#include "sys/process/terminal.hpp"
#include "sys/signal/signal_inbox.hpp"

namespace lastcall::sys {

enum class launch_group : std::uint8_t {
    same,                   ///< the caller's process group
    own,                    ///< setpgid(2)
    foreground,             ///< setpgid(2), and in the foreground of the terminal
    session,                ///< setsid(2)
    session_with_terminal,  ///< setsid(2), with standard input as controlling terminal
};

struct launch_request {
    char* const* argv = nullptr;
    int program_fd = -1;  ///< executes this file; argv[0] is only what it is called
    launch_group group = launch_group::own;
    int parent_death_signal = 0;
    /// Called in the child, just before execve: returns the environment. Async-signal-safe.
    char* const* (*environment)(void* context) noexcept = nullptr;
    void* context = nullptr;
};

struct launched_process {
    int pid = 0;
    unique_fd handle;  ///< a pidfd
    unique_fd report;  ///< readable when the program is there, or could not be run
    int error = 0;     ///< errno of fork or pipe; 0: the child exists
};

/// Signals sent to it before `report` is readable may be lost: the program is not there.
launched_process launch(const launch_request& what, const signal_inbox& signals,
                        const terminal& screen) noexcept;

/// Whether this file is there and may be run by us: access(2).
bool can_run(const char* path) noexcept;

/// Reads `report` once it is readable.
/// Returns: 0 when execve succeeded, else its errno.
int launch_error(int report) noexcept;

/// Sets close-on-exec. Returns: false when it is not open.
bool close_on_exec(int fd) noexcept;

/// Whether a file that can be read begins as a script does, with "#!": its interpreter opens
/// it again by its descriptor, which must outlive execve(2).
bool is_script(int fd) noexcept;

/// prctl(2) PR_SET_CHILD_SUBREAPER: orphaned descendants become children of this process.
bool become_subreaper() noexcept;

/// PR_SET_PDEATHSIG for this process. Returns: false when the parent has gone already.
bool die_with_parent(int number) noexcept;

}  // namespace lastcall::sys
