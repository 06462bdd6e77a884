#include "sys/signal/signal_inbox.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sys/clock.hpp"

namespace lastcall::sys {

signal_inbox::signal_inbox() noexcept {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before);
    for (int number = 1; number <= 64; ++number) {
        if (::sigismember(&before, number) == 1) {
            mask_before_ |= std::uint64_t{1} << (number - 1);
        }
    }
    struct sigaction child {};
    ::sigaction(SIGCHLD, nullptr, &child);
    child_was_ignored_ = child.sa_handler == SIG_IGN;
    child.sa_handler = SIG_DFL;
    child.sa_flags = 0;
    ::sigaction(SIGCHLD, &child, nullptr);
    fd_.reset(::signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC));
}

bool signal_inbox::wait(signal_letter& into,
                        std::optional<std::chrono::nanoseconds> until) noexcept {
    sigset_t all;
    ::sigfillset(&all);
    timespec limit{};
    if (until) {
        const auto left = std::max(*until - monotonic_now(), std::chrono::nanoseconds(0));
        limit.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
        limit.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
    }
    siginfo_t info{};
    // EINTR (stopped and continued) and a limit that has come are the same to the caller.
    if (::sigtimedwait(&all, &info, until ? &limit : nullptr) < 0) {
        return false;
    }
    into.number = info.si_signo;
    into.from_kernel = info.si_code == SI_KERNEL;
    into.sender_pid = into.from_kernel ? 0 : info.si_pid;
    into.sender_uid = info.si_uid;
    return true;
}

bool signal_inbox::take(signal_letter& into) noexcept {
    signalfd_siginfo info{};
    ssize_t got = 0;
    do {
        got = ::read(fd_.get(), &info, sizeof info);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof info)) {
        return false;
    }
    into.number = static_cast<int>(info.ssi_signo);
    into.from_kernel = info.ssi_code == SI_KERNEL;
    into.sender_pid = into.from_kernel ? 0 : static_cast<int>(info.ssi_pid);
    into.sender_uid = info.ssi_uid;
    return true;
}

bool signal_inbox::take_other(signal_letter& into, std::uint64_t seen) noexcept {
    sigset_t others;
    ::sigemptyset(&others);
    for (int number = 1; number <= 64; ++number) {
        if ((seen >> (number - 1) & 1U) == 0) {
            ::sigaddset(&others, number);
        }
    }
    siginfo_t info{};
    const timespec at_once{};
    // Signals are all blocked: EINTR does not happen.
    if (::sigtimedwait(&others, &info, &at_once) <= 0) {
        return false;
    }
    into.number = info.si_signo;
    into.from_kernel = info.si_code == SI_KERNEL;
    into.sender_pid = into.from_kernel ? 0 : static_cast<int>(info.si_pid);
    into.sender_uid = info.si_uid;
    return true;
}

void signal_inbox::restore_in_child() const noexcept {
    if (child_was_ignored_) {
        ::signal(SIGCHLD, SIG_IGN);
    }
    sigset_t mask;
    ::sigemptyset(&mask);
    for (int number = 1; number <= 64; ++number) {
        if ((mask_before_ >> (number - 1) & 1U) != 0) {
            ::sigaddset(&mask, number);
        }
    }
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

void signal_inbox::stop_self(int number) noexcept {
    struct sigaction usual {};
    struct sigaction before {};
    usual.sa_handler = SIG_DFL;
    ::sigaction(number, &usual, &before);
    ::raise(number);
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, number);
    ::sigprocmask(SIG_UNBLOCK, &one, nullptr);  // here it stops
    ::sigprocmask(SIG_BLOCK, &one, nullptr);
    ::sigaction(number, &before, nullptr);
}

}  // namespace lastcall::sys
