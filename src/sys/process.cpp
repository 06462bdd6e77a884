#include "sys/process.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <system_error>

namespace lastcall::sys {
namespace {

int alarm_exit_code = 1;

void exit_from_alarm(int) { ::_exit(alarm_exit_code); }

}  // namespace

int current_process_id() noexcept { return ::getpid(); }

std::string unique_owner_name() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    std::random_device random;
    return std::string(host.data()) + ":" + std::to_string(::getpid()) + ":" +
           std::to_string(random()) + std::to_string(random());
}

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

std::string random_digits() {
    std::uint64_t random = 0;
    // Eight bytes are never cut short or interrupted (getrandom(2)).
    if (::getrandom(&random, sizeof random, 0) != sizeof random) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(random));
    return digits.data();
}

}  // namespace lastcall::sys
