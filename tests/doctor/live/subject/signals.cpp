// What becomes of the signal itself.
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "modes.hpp"
#include "parts.hpp"

namespace subject {
namespace {

void run_good(const char*) {
    end_by_term();
    const int fd = listening();
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

void run_default(const char*) {
    const int fd = listening();
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

void run_ignoring(const char*) {
    ::signal(SIGTERM, SIG_IGN);
    say_ready();
    sleep_for_ever();
}

void run_blocking(const char*) {
    block_term();
    say_ready();
    sleep_for_ever();
}

void run_sigwait(const char*) {
    block_term();
    std::thread([] {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGTERM);
        int got = 0;
        ::sigwait(&set, &got);
        ::_exit(0);
    }).detach();
    say_ready();
    sleep_for_ever();
}

int open_signalfd() {
    block_term();
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    return ::signalfd(-1, &set, SFD_CLOEXEC);
}

void run_signalfd(const char*) {
    const int fd = open_signalfd();
    say_ready();
    signalfd_siginfo info{};
    if (::read(fd, &info, sizeof info) > 0) {
        ::_exit(0);
    }
}

void run_signalfd_not_read(const char*) {
    expect(open_signalfd() >= 0);
    say_ready();
    sleep_for_ever();
}

/// The signal is for the one thread that blocks it: pthread_kill(3) gone wrong.
void run_pending_in_thread(const char*) {
    catch_term();
    std::thread([] { sleep_for_ever(); }).detach();
    block_term();
    expect(::syscall(SYS_tgkill, ::getpid(), ::getpid(), SIGTERM) == 0);
    say_ready();
    sleep_for_ever();
}

void run_slow_handler(const char*) {
    ::signal(SIGTERM, [](int) { sleep_for_ever(); });
    say_ready();
    sleep_for_ever();
}

/// Its handler needs what the interrupted code holds.
void run_lock_in_handler(const char*) {
    static std::mutex busy;
    ::signal(SIGTERM, [](int) { const std::lock_guard lock(busy); });
    const std::lock_guard lock(busy);
    say_ready();
    sleep_for_ever();
}

/// A parent that is no shell, and does not know that it should tell its child.
void run_silent_parent(const char*) {
    if (::fork() == 0) {
        run_good(nullptr);
    }
    ::waitpid(-1, nullptr, 0);
}

/// Like that, but it tells.
void run_telling_parent(const char*) {
    static int child = 0;
    child = ::fork();
    if (child == 0) {
        run_good(nullptr);
    }
    ::signal(SIGTERM, [](int number) { ::kill(child, number); });
    ::waitpid(-1, nullptr, 0);
}

}  // namespace

std::span<const mode> signal_modes() {
    static constexpr std::array all{
        mode{"good", run_good},
        mode{"default", run_default},
        mode{"ignores", run_ignoring},
        mode{"blocks", run_blocking},
        mode{"sigwait", run_sigwait},
        mode{"signalfd", run_signalfd},
        mode{"signalfd-not-read", run_signalfd_not_read},
        mode{"pending-in-thread", run_pending_in_thread},
        mode{"slow-handler", run_slow_handler},
        mode{"lock-in-handler", run_lock_in_handler},
        mode{"silent-parent", run_silent_parent},
        mode{"telling-parent", run_telling_parent},
    };
    return all;
}

}  // namespace subject
