// The process that is stopped: started in a process group of its own, watched through a
// pidfd, so that the moment of its exit is exact and its id is never somebody else's.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Where its stdout goes.
enum class subject_output {
    dropped,
    lines,  ///< to wait(), among the lines of its stderr
};

struct subject_command {
    std::vector<std::string> argv;         ///< the program's path first; no shell, no search
    std::vector<std::string> environment;  ///< NAME=value, added to our own
    subject_output output = subject_output::dropped;
};

/// How it ended.
struct subject_exit {
    std::chrono::steady_clock::time_point when{};
    int code = 0;    ///< exit status, when it exited
    int signal = 0;  ///< the signal that ended it; 0 when it exited
    std::chrono::nanoseconds processor_time{};
};

/// Resident memory of any process; 0 when it can not be read.
[[nodiscard]] std::uint64_t resident_bytes_of(int pid);

class subject {
public:
    /// Starts it. Its stderr is read by wait(). It dies with the calling thread.
    /// Errors: std::system_error (the program is not there, EAGAIN, EMFILE).
    explicit subject(const subject_command& command);
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    /// Kills its process group if it still runs, and reaps it.
    ~subject();

    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] const std::optional<subject_exit>& exit() const noexcept { return exit_; }

    /// Sends a signal to the main process. Threads: any. Nothing happens after its exit.
    void send_signal(int number) const noexcept;

    /// SIGKILL to its whole process group. Nothing happens after its exit.
    void kill_group() const noexcept;

    /// Waits for its exit, and hands over its lines on stderr as they come. Once it has
    /// exited, what is left in the pipe is handed over first.
    /// Returns: whether it has exited. Blocks: up to `until`.
    bool wait(std::chrono::steady_clock::time_point until,
              const std::function<void(std::string_view)>& line = {});

    /// Processes of its group that are still there: pids, our subject's own included.
    [[nodiscard]] std::vector<int> group() const;

    /// Lines of its stderr so far, the last 200.
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

private:
    void read_lines(const std::function<void(std::string_view)>& line);
    void take_line(std::string text, const std::function<void(std::string_view)>& line);
    void reap(std::chrono::steady_clock::time_point when);

    int pid_ = 0;
    sys::unique_fd pidfd_;
    sys::unique_fd errors_;  // our end of its stderr
    std::string partial_;    // a line without its end
    std::vector<std::string> lines_;
    std::optional<subject_exit> exit_;
};

}  // namespace lastcall::sys
