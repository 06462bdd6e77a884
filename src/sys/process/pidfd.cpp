#include "sys/process/pidfd.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace lastcall::sys {

unique_fd open_process(int pid) noexcept {
    return unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int signal_process(int pidfd, int pid, int number) noexcept {
    if (pidfd >= 0 && ::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0) == 0) {
        return 0;
    }
    if (pidfd >= 0 && errno == ESRCH) {
        return ESRCH;
    }
    return ::kill(pid, number) == 0 ? 0 : errno;
}

int signal_process(int pidfd, int pid, int number, std::uint64_t value) noexcept {
    siginfo_t info{};
    info.si_signo = number;
    info.si_code = SI_QUEUE;
    info.si_pid = ::getpid();
    info.si_uid = ::getuid();
    // A 64-bit value in the pointer's place, as rt_sigqueueinfo(2) carries it.
    info.si_value.sival_ptr = reinterpret_cast<void*>(value);  // NOLINT(performance-no-int-to-ptr)
    if (pidfd >= 0 && ::syscall(SYS_pidfd_send_signal, pidfd, number, &info, 0) == 0) {
        return 0;
    }
    if (pidfd >= 0 && errno == ESRCH) {
        return ESRCH;
    }
    if (::syscall(SYS_rt_sigqueueinfo, pid, number, &info) == 0) {
        return 0;
    }
    // EAGAIN: the receiver's queue is full, which a signal without a value does not need.
    return ::kill(pid, number) == 0 ? 0 : errno;
}

int signal_group(int leader, int number) noexcept {
    return ::kill(-leader, number) == 0 ? 0 : errno;
}

void kill_namespace() noexcept {
    if (::getpid() == 1) {
        ::kill(-1, SIGKILL);
    }
}

}  // namespace lastcall::sys
