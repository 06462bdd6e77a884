#include "sys/process/child_start.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lastcall::sys {
namespace {

constexpr int cannot_start = 127;
constexpr int pid_digits = 10;

[[noreturn]] void give_up(const child_start& what, start_step step) noexcept {
    const start_failure failure{step, errno};
    [[maybe_unused]] const auto written = ::write(what.report, &failure, sizeof failure);
    ::_exit(cannot_start);
}

bool write_file(const char* path, const char* text) noexcept {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const auto size = static_cast<ssize_t>(std::strlen(text));
    const bool good = ::write(file, text, static_cast<std::size_t>(size)) == size;
    const int error = errno;
    ::close(file);
    errno = error;
    return good;
}

/// As a new process expects them, whatever we ignore or block ourselves.
void reset_signals() noexcept {
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    for (int number = 1; number <= 64; ++number) {
        ::sigaction(number, &by_default, nullptr);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// A mount of /proc that shows the new namespace. In a container that hides parts of its
/// own /proc the kernel refuses it; then the old one stays, which few programs mind.
void set_up_namespaces(const child_start& what) noexcept {
    if (what.with_user_namespace && (!write_file("/proc/self/setgroups", "deny") ||
                                     !write_file("/proc/self/uid_map", what.user_map) ||
                                     !write_file("/proc/self/gid_map", what.group_map))) {
        give_up(what, start_step::user_map);
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        give_up(what, start_step::private_mounts);
    }
    ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

/// As sd_listen_fds(3) expects it: descriptor 3, and LISTEN_PID in the environment.
void hand_down_listener(child_start& what) noexcept {
    constexpr int first_handed_down = 3;
    if (what.report == first_handed_down) {
        what.report = ::fcntl(what.report, F_DUPFD_CLOEXEC, first_handed_down + 1);
    }
    if (what.listener == first_handed_down) {
        ::fcntl(what.listener, F_SETFD, 0);
    } else {
        ::dup2(what.listener, first_handed_down);
    }
    char* digit = what.own_pid + pid_digits;
    for (auto pid = ::getpid(); digit != what.own_pid; pid /= 10) {
        *--digit = static_cast<char>('0' + pid % 10);
    }
}

[[noreturn]] void execute(child_start what) noexcept {
    ::dup2(what.input, STDIN_FILENO);
    ::dup2(what.output, STDOUT_FILENO);
    ::dup2(what.output, STDERR_FILENO);
    if (what.gate >= 0) {
        char go = 0;  // not the pipe's end: whoever is forked now holds that open
        while (::read(what.gate, &go, 1) < 0 && errno == EINTR) {
        }
    }
    if (what.listener >= 0) {
        hand_down_listener(what);
    }
    ::execve(what.program, what.argv, what.environment);
    give_up(what, start_step::execute);
}

/// Whoever joins a PID namespace stays outside of it: its children are inside. So one more
/// process is in between, which ends as its child does.
[[noreturn]] void join_and_execute(const child_start& what) noexcept {
    const int both = CLONE_NEWPID | CLONE_NEWNS;
    if (::setns(what.join, both | CLONE_NEWUSER) != 0 && ::setns(what.join, both) != 0) {
        give_up(what, start_step::join_namespaces);
    }
    const pid_t inner = ::fork();
    if (inner < 0) {
        give_up(what, start_step::fork);
    }
    if (inner == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        execute(what);
    }
    ::close(what.report);
    ::close(what.output);
    int status = 0;
    while (::waitpid(inner, &status, 0) < 0 && errno == EINTR) {
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

[[noreturn]] void become(const child_start& what, pid_t parent) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!what.in_namespaces && ::getppid() != parent) {  // it ended before the request was made
        ::_exit(cannot_start);
    }
    if (what.in_namespaces) {
        ::setsid();
    } else {
        ::setpgid(0, 0);
    }
    reset_signals();
    if (what.control_group >= 0 && ::write(what.control_group, "0", 1) != 1) {
        give_up(what, start_step::control_group);
    }
    if (what.in_namespaces) {
        set_up_namespaces(what);
    }
    if (what.join >= 0) {
        join_and_execute(what);
    }
    execute(what);
}

}  // namespace

pid_t start_child(const child_start& what) noexcept {
    const pid_t parent = ::getpid();
    pid_t pid = 0;
    if (what.in_namespaces) {
        // clone(2) and not clone3(2): Docker's default seccomp profile refuses the latter.
        unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | SIGCHLD;
        flags |= what.with_user_namespace ? static_cast<unsigned long>(CLONE_NEWUSER) : 0UL;
        pid = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
    } else {
        pid = ::fork();
    }
    if (pid == 0) {
        become(what, parent);
    }
    if (pid > 0 && !what.in_namespaces) {
        ::setpgid(pid, pid);  // also here, so that the group exists when this returns
    }
    return pid;
}

}  // namespace lastcall::sys
