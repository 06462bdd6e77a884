// From fork(2) to execve(2) for the parent process of one generation of a service: its user,
// its limits, its place, and exactly the descriptors that it is to have.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sys/fd.hpp"
#include "sys/signal/signal_inbox.hpp"

namespace lastcall::sys {

/// The step at which a start failed.
enum class service_step : std::uint8_t {
    none,
    descriptors,
    control_group,
    nice,
    oom_score,
    limits,
    hand_over,
    groups,
    group,
    user,
    directory,
    execute,
};

struct service_failure {
    service_step step = service_step::none;
    int error = 0;
};
/// "cannot change to the directory /srv/web: No such file or directory".
[[nodiscard]] std::string explain(const service_failure& failure, const std::string& program,
                                  const std::string& directory);

/// The number of a limit as setrlimit(2) has it: "nofile", "core", ... Unset: no such one.
[[nodiscard]] std::optional<int> limit_number(std::string_view name) noexcept;

/// What the child does before it drops its privileges: a seccomp filter. Async-signal-safe.
/// Returns: a descriptor that the parent of the service holds open; or -errno.
struct child_hook {
    int (*install)(void* context) noexcept = nullptr;
    void* context = nullptr;
};

struct service_start {
    struct limit {
        int number = 0;
        std::uint64_t soft = 0, hard = 0;
    };
    std::vector<std::string> argv;         ///< argv[0] is the file
    int program = -1;                      ///< this file is executed instead; -1: argv[0]
    bool uses_path = false;                ///< argv[0] without a '/' is looked for in PATH
    std::vector<std::string> environment;  ///< "NAME=value"; LISTEN_PID= is filled in
    std::string directory;                 ///< empty: where we are
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    std::vector<gid_t> groups;  ///< supplementary; only with a uid or gid
    std::optional<unsigned> umask;
    std::optional<int> nice;
    std::optional<int> oom_score;
    std::vector<limit> limits;
    int output = -1;             ///< its stdout and stderr; -1: ours
    std::vector<int> keeps;      ///< become its descriptors 3, 4, ...
    bool takes_signals = false;  ///< from its first instruction on: they stay blocked until then
    int control_group = -1;      ///< an open cgroup.procs
    child_hook hook;             ///< what it installs becomes the descriptor after `keeps`
};

struct started_service {
    int pid = 0;
    unique_fd handle;  ///< a pidfd
    unique_fd report;  ///< readable when the program is there, or could not be run
    int error = 0;     ///< errno of fork or pipe; 0: the child exists
};

/// In a session of its own, with /dev/null as standard input, and with the signals as they
/// were before `signals`, unless it takes them.
[[nodiscard]] started_service start_service(const service_start& what, const signal_inbox& signals);

/// Reads `report` once it is readable.
[[nodiscard]] service_failure read_start(int report) noexcept;

/// A pipe, its reading end non-blocking, with room for `bytes` where that is permitted.
struct pipe_ends {
    unique_fd reader, writer;
};
/// Errors: std::system_error.
[[nodiscard]] pipe_ends make_log_pipe(std::size_t bytes);

/// Reads what is there. Returns: 0: nothing now; -1: the end.
[[nodiscard]] ssize_t read_now(int fd, char* into, std::size_t room) noexcept;

/// Nothing that we have open is inherited by accident: every descriptor from `first` on gets
/// close-on-exec.
void close_on_exec_from(int first) noexcept;
/// The inode of what it is open for; 0: it is not open.
[[nodiscard]] std::uint64_t inode_of(int fd) noexcept;
/// Close-on-exec. Empty and errno: no descriptors are left.
[[nodiscard]] unique_fd copy_descriptor(int fd) noexcept;
/// Whether both descriptors are of one and the same file.
[[nodiscard]] bool is_same_file(int one, int other) noexcept;
/// It stays open across the next execve(2).
bool keep_on_exec(int fd) noexcept;

}  // namespace lastcall::sys
