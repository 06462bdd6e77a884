// A program that was started to be stopped: what it prints is read while everybody else is
// busy, its exit is timed by its pidfd, and nothing of it outlives its owner.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sys/fd.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/guard.hpp"
#include "sys/process/line_queue.hpp"

namespace lastcall::sys {

struct start_request {
    std::vector<std::string> argv{};         ///< the first is searched in PATH, as a shell does
    std::string file{};                      ///< what is run where that is not the first of argv
    std::vector<std::string> environment{};  ///< NAME=value, over our own
    bool in_pid_namespace = false;           ///< PID 1 of a new one, with its own /proc
    bool in_control_group = false;           ///< a cgroup of its own, where one can be made
    int join_namespaces_of = 0;              ///< runs inside the namespaces of this process
    int listener = -1;                       ///< it gets it as descriptor 3, as LISTEN_FDS says
    bool is_held = false;                    ///< it runs only when release() is called
};

struct process_end {
    std::chrono::steady_clock::time_point when{};
    int code = 0;    ///< when it exited
    int signal = 0;  ///< that ended it; 0 when it exited
    bool dumped_core = false;
    std::chrono::nanoseconds processor_time{};  ///< with that of children it waited for
    std::int64_t peak_bytes = 0;                ///< resident, at most
};

/// The program can not be run; the text says what is wrong and what to do.
class start_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The file that a shell would run for `name`.
/// Errors: start_error (no such file; it is no program).
[[nodiscard]] std::string find_program(const std::string& name);

class started_process {
public:
    /// Errors: start_error; std::system_error (EMFILE, ENOMEM).
    /// The calling thread must live as long as the process: the kernel kills it with the thread.
    explicit started_process(const start_request& request);
    started_process(const started_process&) = delete;
    started_process& operator=(const started_process&) = delete;

    /// SIGKILL to everything of it that is left, wherever it went.
    ~started_process();

    [[nodiscard]] int pid() const noexcept { return pid_; }

    /// Lets a held one run. Only signal-safe calls; threads: any.
    void release() noexcept;

    /// Why there is no cgroup of its own, though it was asked for; empty: there is.
    [[nodiscard]] const std::string& why_no_control_group() const noexcept { return no_group_; }
    [[nodiscard]] const std::optional<control_group>& group() const noexcept { return group_; }

    /// To the process itself. Returns: 0 or errno. Threads: any.
    int signal(int number) const noexcept;
    /// To its process group; once the process has ended, to each that is left of it.
    int signal_all(int number) const;

    /// Who is left of it: by namespace, cgroup, process group or descent.
    [[nodiscard]] std::vector<int> processes() const;
    /// The same, and who left all of these but still has its environment.
    [[nodiscard]] std::vector<int> everybody() const;

    [[nodiscard]] std::optional<process_end> end() const;

    /// Hands over what it printed since the last call; waits for its end.
    /// Returns: whether it has ended; then all that was printed by then was handed over.
    bool wait(std::chrono::steady_clock::time_point until,
              const std::function<void(std::string_view)>& line = {});

private:
    void start(const start_request& request);
    void follow();
    void reap(std::chrono::steady_clock::time_point when);
    void kill_everybody() noexcept;

    int pid_ = 0;
    std::string entry_;  // "LASTCALL_DRILL=...", in the environment of all that it starts
    std::uint64_t namespace_ = 0;
    unique_fd pidfd_;
    unique_fd output_;
    unique_fd gate_;
    unique_fd wake_;
    std::optional<control_group> group_;
    std::string no_group_;
    guard guard_;

    line_queue lines_;
    mutable std::mutex mutex_;
    std::optional<process_end> end_;
    std::thread follower_;
};

}  // namespace lastcall::sys
