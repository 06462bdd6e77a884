#include "sys/process/launch.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sys/process/pidfd.hpp"

namespace lastcall::sys {
namespace {

[[noreturn]] void become(const launch_request& what, const signal_inbox& signals,
                         const terminal& screen, int report) noexcept {
    switch (what.group) {
        case launch_group::same:
            break;
        case launch_group::own:
            ::setpgid(0, 0);
            break;
        case launch_group::foreground:
            ::setpgid(0, 0);
            screen.give_to(::getpid());
            break;
        case launch_group::session:
            ::setsid();
            break;
        case launch_group::session_with_terminal:
            ::setsid();
            ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);
            break;
    }
    if (what.parent_death_signal != 0) {
        ::prctl(PR_SET_PDEATHSIG, what.parent_death_signal);
    }
    char* const* const environment = what.environment(what.context);
    signals.restore_in_child();
    if (what.program_fd >= 0) {
        ::syscall(SYS_execveat, what.program_fd, "", what.argv, environment, AT_EMPTY_PATH);
    } else {
        ::execvpe(what.argv[0], what.argv, environment);
    }
    const int error = errno;
    // The pipe takes four bytes at once, and its reader is there or nobody cares.
    [[maybe_unused]] const ssize_t written = ::write(report, &error, sizeof error);
    ::_exit(127);
}

}  // namespace

launched_process launch(const launch_request& what, const signal_inbox& signals,
                        const terminal& screen) noexcept {
    launched_process made;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        made.error = errno;
        return made;
    }
    made.report.reset(ends[0]);
    unique_fd writer(ends[1]);
    // fork, and not clone3 with CLONE_PIDFD: Docker's default seccomp profile refuses
    // clone3. The pid cannot be another's before we have waited for it.
    const pid_t pid = ::fork();
    if (pid == 0) {
        become(what, signals, screen, writer.get());
    }
    if (pid < 0) {
        made.error = errno;
        return made;
    }
    made.pid = pid;
    // On both sides, so that the group exists whoever runs first; it fails once the child
    // has executed its program, and has done it itself by then.
    if (what.group == launch_group::own || what.group == launch_group::foreground) {
        ::setpgid(pid, pid);
    }
    made.handle = open_process(pid);
    return made;
}

bool can_run(const char* path) noexcept { return ::access(path, X_OK) == 0; }

int launch_error(int report) noexcept {
    int error = 0;
    ssize_t got = 0;
    do {
        got = ::read(report, &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof error) ? error : 0;
}

bool close_on_exec(int fd) noexcept { return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0; }

bool is_script(int fd) noexcept {
    char start[2] = {};
    return ::pread(fd, start, sizeof start, 0) == sizeof start && start[0] == '#' &&
           start[1] == '!';
}

bool become_subreaper() noexcept { return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0; }

bool die_with_parent(int number) noexcept {
    const pid_t parent = ::getppid();
    return ::prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0 && ::getppid() == parent;
}

}  // namespace lastcall::sys
