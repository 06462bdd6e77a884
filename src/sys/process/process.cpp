#include "sys/process/process.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace lastcall::sys {
namespace {

int alarm_exit_code = 1;

void exit_from_alarm(int) { ::_exit(alarm_exit_code); }

}  // namespace

int current_process_id() noexcept { return ::getpid(); }

int current_process_group() noexcept { return ::getpgrp(); }

int parent_process_id() noexcept { return ::getppid(); }

void exit_at_once(int code) noexcept { ::_exit(code); }

void exit_by_alarm(int code, std::chrono::nanoseconds delay) noexcept {
    using namespace std::chrono;
    alarm_exit_code = code;
    struct sigaction handler {};
    handler.sa_handler = exit_from_alarm;
    ::sigaction(SIGALRM, &handler, nullptr);
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
    const auto us = std::max<long long>(duration_cast<microseconds>(delay).count(), 1);
    itimerval once{};
    once.it_value.tv_sec = us / 1'000'000;
    once.it_value.tv_usec = us % 1'000'000;
    ::setitimer(ITIMER_REAL, &once, nullptr);
}

void sleep_until(std::chrono::steady_clock::time_point moment) noexcept {
    using namespace std::chrono;
    const auto since = moment.time_since_epoch();
    const auto whole = duration_cast<seconds>(since);
    const timespec at{static_cast<time_t>(whole.count()),
                      static_cast<long>(duration_cast<nanoseconds>(since - whole).count())};
    // Interrupted by a handler: the moment is absolute, so sleep on.
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
    }
}

void name_this_thread(const char* name) noexcept {
    std::array<char, 16> cut{};
    std::strncpy(cut.data(), name, cut.size() - 1);
    ::pthread_setname_np(::pthread_self(), cut.data());
}

}  // namespace lastcall::sys
