// The test program started once more as the service, so that it can be killed.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

/// Runs this program with "--child ARGUMENTS..." and reads its standard output by lines.
/// Dies with the test.
class child_process {
public:
    explicit child_process(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"/proc/self/exe", "--child"});
        std::vector<char*> argv;
        for (std::string& one : arguments) {
            argv.push_back(one.data());
        }
        argv.push_back(nullptr);
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::system_error(errno, std::generic_category(), "pipe2");
        }
        const pid_t parent = ::getpid();
        pid_ = ::fork();
        if (pid_ == 0) {
            // Only calls that are safe after fork.
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != parent || ::dup2(ends[1], STDOUT_FILENO) < 0) {
                ::_exit(127);
            }
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ends[0];
        if (pid_ < 0) {
            ::close(output_);
            throw std::system_error(errno, std::generic_category(), "fork");
        }
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        kill(SIGKILL);
        ::close(output_);
    }

    /// The next line of its output; empty at the end of it, or at the ceiling.
    std::optional<std::string> read_line() {
        const auto until = clock::now() + ceiling;
        for (;;) {
            if (const auto end = buffer_.find('\n'); end != buffer_.npos) {
                std::string line = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return line;
            }
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
            pollfd wait{output_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) {
                return std::nullopt;
            }
            char chunk[4096];
            const auto got = ::read(output_, chunk, sizeof chunk);
            if (got <= 0) {
                return std::nullopt;
            }
            buffer_.append(chunk, static_cast<std::size_t>(got));
        }
    }

    /// Sends a signal and waits for the end.
    /// Returns: the exit code; minus the signal that ended it.
    int kill(int signal) {
        if (pid_ > 0) {
            ::kill(pid_, signal);
            int status = 0;
            ::waitpid(pid_, &status, 0);
            pid_ = -1;
            ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
        return ended_;
    }

private:
    pid_t pid_ = -1;
    int output_ = -1;
    int ended_ = 0;
    std::string buffer_;
};

/// One line to whoever started this child. Never buffered.
inline void say(const std::string& line) {
    const std::string text = line + "\n";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

}  // namespace lastcall::testing
