// A child process that runs a function, tells its parent lines, and does not outlive it.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

#if defined(__SANITIZE_THREAD__)
// The sanitizer takes a process that once had threads, all joined, for one that has them,
// and would end its children at their first thread.
extern "C" __attribute__((weak, used)) const char* __tsan_default_options() {
    return "die_after_fork=0";
}
#endif

namespace lastcall::testing {

/// The one ceiling of every wait for an event.
inline constexpr std::chrono::seconds ceiling{30};

/// The child's end of the pipe.
class voice {
public:
    explicit voice(int fd) : fd_(fd) {}
    void say(std::string_view what) const {
        const std::string line = std::string(what) + "\n";
        if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            std::abort();
        }
    }

private:
    int fd_;
};

/// How a test ends its service: through the lifecycle, or, to prove that the scenario can
/// fail, by a drain that waits for nothing.
enum class drain_kind { lifecycle, nothing };

/// Waits, as an event, until `token` has fired.
inline void wait_until_fired(const std::stop_token& token) {
    std::binary_semaphore fired{0};
    const std::stop_callback release(token, [&] { fired.release(); });
    fired.acquire();
}

class child_process {
public:
    /// Forks. `body(voice)` returns the exit status; an exception ends it with 99.
    /// Must be called while this process has one thread.
    template <class Body>
    explicit child_process(Body body) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("pipe2");
        }
        std::fflush(nullptr);
        const pid_t parent = ::getpid();
        pid_ = ::fork();
        if (pid_ < 0) {
            throw std::runtime_error("fork");
        }
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            // The parent died before the line above. 0: it is in an outer pid namespace.
            if (::getppid() != parent && ::getppid() != 0) {
                std::_Exit(98);
            }
            ::close(ends[0]);
            int status = 99;
            try {
                status = body(voice(ends[1]));
            } catch (const std::exception& error) {
                std::fprintf(stderr, "child process: %s\n", error.what());
            }
            std::fflush(nullptr);
            std::_Exit(status);
        }
        ::close(ends[1]);
        ears_ = ends[0];
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    ~child_process() {
        if (pid_ > 0) {
            signal(SIGKILL);
            wait();
        }
        ::close(ears_);
    }

    void signal(int number) const { ::kill(pid_, number); }
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// The next line; empty when the child has ended, or after the ceiling.
    std::string hear() {
        const auto until = std::chrono::steady_clock::now() + ceiling;
        for (;;) {
            if (const auto end = heard_.find('\n'); end != heard_.npos) {
                const std::string line = heard_.substr(0, end);
                heard_.erase(0, end + 1);
                return line;
            }
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd ready{ears_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) {
                return {};
            }
            char buffer[4096];
            const ssize_t got = ::read(ears_, buffer, sizeof buffer);
            if (got == 0 || (got < 0 && errno != EINTR)) {
                return {};
            }
            heard_.append(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
        }
    }

    /// Whether it has ended; it can still be waited for.
    [[nodiscard]] bool has_ended() const {
        siginfo_t what{};
        return ::waitid(P_PID, static_cast<id_t>(pid_), &what, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               what.si_pid != 0;
    }

    /// Waits for the end. Returns: the exit status, or 128 + the signal's number.
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t pid_ = -1;
    int ears_ = -1;
    std::string heard_;
};

}  // namespace lastcall::testing
