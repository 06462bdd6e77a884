#include "sys/process/reaper.hpp"

#include <sys/wait.h>

#include <cerrno>

namespace lastcall::sys {

reaped take_child_change(child_change& into) noexcept {
    // __WALL: a tracee or a clone without SIGCHLD must be reaped as well: wait(2).
    int status = 0;
    pid_t pid = 0;
    do {
        pid = ::waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED | __WALL);
    } while (pid < 0 && errno == EINTR);
    if (pid == 0) {
        return reaped::nothing;
    }
    if (pid < 0) {
        return reaped::empty;
    }
    into.pid = pid;
    if (WIFEXITED(status)) {
        into.what = child_change::kind::exited;
        into.status = WEXITSTATUS(status);
    } else if (WIFSIGNALED(status)) {
        into.what = child_change::kind::killed;
        into.status = WTERMSIG(status);
    } else if (WIFSTOPPED(status)) {
        into.what = child_change::kind::stopped;
        into.status = WSTOPSIG(status);
    } else {
        into.what = child_change::kind::continued;
        into.status = 0;
    }
    return reaped::one;
}

}  // namespace lastcall::sys
