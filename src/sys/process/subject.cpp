#include "sys/process/subject.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "sys/process/pidfd.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t lines_kept = 200;

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

void make_pipe(sys::unique_fd& read_end, sys::unique_fd& write_end) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) {
        fail(errno, "pipe2");
    }
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> made;
    made.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        made.push_back(const_cast<char*>(text.c_str()));
    }
    made.push_back(nullptr);
    return made;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
    std::vector<std::string> all = added;
    const auto is_set_by_us = [&added](std::string_view entry) {
        const auto name = entry.substr(0, entry.find('=') + 1);
        return std::ranges::any_of(added,
                                   [name](const auto& one) { return one.starts_with(name); });
    };
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (!is_set_by_us(*entry)) {
            all.emplace_back(*entry);
        }
    }
    return all;
}

/// Between fork and exec: only calls that signal-safety(7) lists.
[[noreturn]] void become(char* const* argv, char* const* environment, int out, int err, int report,
                         pid_t parent) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {  // it died before the request was made
        ::_exit(127);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execve(argv[0], argv, environment);
    const int error = errno;
    // The pipe is closed by a successful execve(2): bytes in it mean that it failed.
    [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
    ::_exit(127);
}

}  // namespace

subject::subject(const subject_command& command) {
    sys::unique_fd err_write;
    sys::unique_fd report_read;
    sys::unique_fd report_write;
    make_pipe(errors_, err_write);
    make_pipe(report_read, report_write);
    const sys::unique_fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto environment = environment_with(command.environment);
    const auto argv = pointers(command.argv);
    const auto envp = pointers(environment);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
        fail(errno, "fork");
    }
    if (pid_ == 0) {
        become(argv.data(), envp.data(),
               command.output == subject_output::lines ? err_write.get() : null.get(),
               err_write.get(), report_write.get(), parent);
    }
    ::setpgid(pid_, pid_);  // also here, so that the group exists when this returns
    report_write.reset();
    err_write.reset();
    int error = 0;
    ssize_t got = 0;
    do {
        got = ::read(report_read.get(), &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        ::waitpid(pid_, nullptr, 0);
        fail(error, "cannot start " + command.argv.front());
    }
    pidfd_ = open_process(pid_);
    if (!pidfd_) {
        error = errno;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        fail(error, "pidfd_open");
    }
    ::fcntl(errors_.get(), F_SETFL, O_NONBLOCK);
}

subject::~subject() {
    if (!exit_) {
        kill_group();
        ::waitpid(pid_, nullptr, 0);
    }
}

void subject::send_signal(int number) const noexcept {
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

void subject::kill_group() const noexcept {
    if (!exit_) {  // until it is reaped, the number of its group is nobody else's
        ::kill(-pid_, SIGKILL);
    }
}

bool subject::wait(std::chrono::steady_clock::time_point until,
                   const std::function<void(std::string_view)>& line) {
    while (!exit_) {
        std::array<pollfd, 2> waiting{pollfd{pidfd_.get(), POLLIN, 0},
                                      pollfd{errors_ ? errors_.get() : -1, POLLIN, 0}};
        const auto left = std::max<std::chrono::nanoseconds>(
            std::chrono::nanoseconds(0), until - std::chrono::steady_clock::now());
        const timespec limit{static_cast<std::time_t>(left.count() / 1'000'000'000),
                             static_cast<long>(left.count() % 1'000'000'000)};
        const int ready = ::ppoll(waiting.data(), waiting.size(), &limit, nullptr);
        const auto now = std::chrono::steady_clock::now();
        if (ready == 0) {
            return false;
        }
        if ((waiting[1].revents & (POLLIN | POLLHUP)) != 0) {
            read_lines(line);
        }
        if ((waiting[0].revents & POLLIN) != 0) {
            reap(now);
            read_lines(line);
        }
    }
    return true;
}

void subject::read_lines(const std::function<void(std::string_view)>& line) {
    std::array<char, 4096> buffer;
    while (errors_) {
        const auto got = ::read(errors_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {  // EAGAIN: nothing more for now
            return;
        }
        if (got == 0) {
            errors_.reset();
            if (!partial_.empty()) {
                take_line(std::exchange(partial_, {}), line);
            }
            return;
        }
        partial_.append(buffer.data(), static_cast<std::size_t>(got));
        for (auto end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n')) {
            take_line(partial_.substr(0, end), line);
            partial_.erase(0, end + 1);
        }
    }
}

void subject::take_line(std::string text, const std::function<void(std::string_view)>& line) {
    if (line) {
        line(text);
    }
    lines_.push_back(std::move(text));
    if (lines_.size() > lines_kept) {
        lines_.erase(lines_.begin());
    }
}

void subject::reap(std::chrono::steady_clock::time_point when) {
    int status = 0;
    rusage used{};
    while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
    }
    const auto duration = [](const timeval& value) {
        return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
    };
    exit_ = subject_exit{when, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                         WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                         duration(used.ru_utime) + duration(used.ru_stime)};
}

std::uint64_t resident_bytes_of(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::vector<int> subject::group() const {
    std::vector<int> found;
    std::error_code ignored;  // a process may end while we look
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto name = entry.path().filename().string();
        int pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr ==
                name.data() + name.size() &&
            ::getpgid(pid) == pid_) {
            found.push_back(pid);
        }
    }
    return found;
}

}  // namespace lastcall::sys
