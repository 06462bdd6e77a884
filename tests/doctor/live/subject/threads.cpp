// Event loops and threads that do not come back.
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "modes.hpp"
#include "parts.hpp"

namespace subject {
namespace {

[[noreturn]] void compute() {
    for (std::atomic<unsigned long long> i = 0;; ++i) {
    }
}

void run_busy(const char*) {
    catch_term();
    const int fd = listening();
    connect_from_child(fd, "GET / HTTP/1.1\r\n\r\n", 3);
    say_ready(port_of(fd));
    compute();
}

/// Its loop is free: the work is done in another thread.
void run_computing(const char*) {
    end_by_term();
    std::thread(compute).detach();
    const int fd = listening();
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

void run_stuck_call(const char*) {
    catch_term();
    const int fd = listening();
    connect_from_child(fd, "", 2);
    int ends[2];
    expect(::pipe(ends) == 0);
    say_ready(port_of(fd));
    char c = 0;
    while (::read(ends[0], &c, 1) != 0) {
    }
}

/// On SIGTERM it joins a reader that nobody wakes.
void run_join(const char*) {
    block_term();
    int ends[2];
    expect(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    std::thread reader([from = ends[0]] {
        char c = 0;
        while (::recv(from, &c, 1, 0) > 0) {
        }
    });
    catch_term();
    say_ready();
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    int got = 0;
    ::sigwait(&set, &got);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    reader.join();
}

void run_full_pipe(const char*) {
    int ends[2];
    expect(::pipe(ends) == 0);
    catch_term();
    say_ready();
    ::dup2(ends[1], 1);
    const std::string much(1U << 20U, 'x');
    while (::write(1, much.data(), much.size()) > 0) {
    }
}

void run_zombie_leader(const char*) {
    catch_term();
    std::thread([] { sleep_for_ever(); }).detach();
    say_ready();
    ::pthread_exit(nullptr);
}

}  // namespace

std::span<const mode> thread_modes() {
    static constexpr std::array all{
        mode{"busy", run_busy},
        mode{"computing", run_computing},
        mode{"stuck-call", run_stuck_call},
        mode{"join", run_join},
        mode{"full-pipe", run_full_pipe},
        mode{"zombie-leader", run_zombie_leader},
    };
    return all;
}

}  // namespace subject
