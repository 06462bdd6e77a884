// A process with one thing wrong with its stop, for the doctor to find. Prints "ready PORT" when
// it is there; PORT is 0 where it listens at none.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

int port_of(int fd) {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
}

int listening(bool is_inherited = false) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | (is_inherited ? 0 : SOCK_CLOEXEC), 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at);
    ::listen(fd, 16);
    return fd;
}

int connected_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
        std::exit(9);
    }
    return fd;
}

void say_ready(int port = 0) {
    std::printf("ready %d\n", port);
    std::fflush(stdout);
}

/// Who connects to it, as a child of its own that holds on.
void connect_from_child(int listener, const char* request, int connections) {
    const int port = port_of(listener);
    int told[2];
    if (::pipe(told) != 0 || ::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NAME, "client");
        ::setsid();
        ::close(listener);
        for (int i = 0; i < connections; ++i) {
            const int fd = connected_to(port);
            if (*request != '\0' && ::write(fd, request, std::string(request).size()) < 0) {
                ::_exit(9);
            }
        }
        ::close(told[0]);
        ::close(told[1]);
        for (;;) {
            ::pause();
        }
    }
    ::close(told[1]);
    char c = 0;
    while (::read(told[0], &c, 1) > 0) {
    }
}

void take(int) {}

void catch_term() {
    struct sigaction how {};
    how.sa_handler = take;
    how.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &how, nullptr);
}

void wait_in_epoll(int fd) {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event what{EPOLLIN, {}};
    ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &what);
    for (;;) {
        ::epoll_wait(set, &what, 1, -1);
    }
}

[[noreturn]] void sleep_for_ever() {
    for (;;) {
        ::pause();
    }
}

void block_term() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void run_sigwait() {
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

void run_signalfd(bool reads) {
    block_term();
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    const int fd = ::signalfd(-1, &set, SFD_CLOEXEC);
    say_ready();
    if (reads) {
        signalfd_siginfo info{};
        if (::read(fd, &info, sizeof info) > 0) {
            ::_exit(0);
        }
    }
    sleep_for_ever();
}

void run_busy() {
    catch_term();
    const int fd = listening();
    connect_from_child(fd, "GET / HTTP/1.1\r\n\r\n", 3);
    say_ready(port_of(fd));
    for (std::atomic<unsigned long long> i = 0;; ++i) {
    }
}

void run_stuck_call() {
    catch_term();
    const int fd = listening();
    connect_from_child(fd, "", 2);
    int ends[2];
    if (::pipe(ends) == 0) {
        say_ready(port_of(fd));
        char c = 0;
        while (::read(ends[0], &c, 1) != 0) {
        }
    }
}

/// Accepts, answers the first `answered` requests, and keeps all connections.
void run_server(int answered) {
    catch_term();
    const int fd = listening();
    std::thread([fd, answered] {
        std::vector<int> kept;
        for (;;) {
            const int one = ::accept(fd, nullptr, nullptr);
            char text[512];
            const auto size = ::read(one, text, sizeof text);
            if (size > 0 && static_cast<int>(kept.size()) < answered) {
                const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                if (::write(one, answer.data(), answer.size()) < 0) {
                    ::_exit(9);
                }
            }
            kept.push_back(one);
        }
    }).detach();
    connect_from_child(fd, "GET / HTTP/1.1\r\n\r\n", 2);
    say_ready(port_of(fd));
    sleep_for_ever();
}

void run_stalled() {
    catch_term();
    const int fd = listening();
    std::thread([fd] {
        const int one = ::accept(fd, nullptr, nullptr);
        const std::string much(1U << 20U, 'x');
        while (::send(one, much.data(), much.size(), MSG_DONTWAIT) > 0) {
        }
        say_ready(port_of(fd));
        while (::write(one, much.data(), much.size()) > 0) {
        }
    }).detach();
    connect_from_child(fd, "", 1);
    wait_in_epoll(listening());
}

void run_leak() {
    const int fd = listening(true);
    if (::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, 0);
        ::execlp("sleep", "sleep", "100", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    catch_term();
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

void run_zombie() {
    catch_term();
    if (::fork() == 0) {
        ::_exit(0);
    }
    say_ready();
    sleep_for_ever();
}

void run_full_pipe() {
    int ends[2];
    if (::pipe(ends) != 0) {
        ::_exit(9);
    }
    catch_term();
    say_ready();
    ::dup2(ends[1], 1);
    const std::string much(1U << 20U, 'x');
    while (::write(1, much.data(), much.size()) > 0) {
    }
}

void run_zombie_leader() {
    catch_term();
    std::thread([] { sleep_for_ever(); }).detach();
    say_ready();
    ::pthread_exit(nullptr);
}

void run_good(bool is_quiet) {
    ::signal(SIGTERM, [](int) { ::_exit(0); });
    const int fd = listening();
    say_ready(is_quiet ? 0 : port_of(fd));
    wait_in_epoll(fd);
}

}  // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::map<std::string, void (*)()> modes{
        {"good", [] { run_good(false); }},
        {"default",
         [] {
             const int fd = listening();
             say_ready(port_of(fd));
             wait_in_epoll(fd);
         }},
        {"ignores",
         [] {
             ::signal(SIGTERM, SIG_IGN);
             say_ready();
             sleep_for_ever();
         }},
        {"blocks",
         [] {
             block_term();
             say_ready();
             sleep_for_ever();
         }},
        {"sigwait", run_sigwait},
        {"signalfd", [] { run_signalfd(true); }},
        {"signalfd-not-read", [] { run_signalfd(false); }},
        {"busy", run_busy},
        {"stuck-call", run_stuck_call},
        {"in-flight", [] { run_server(0); }},
        {"idle", [] { run_server(9); }},
        {"stalled", run_stalled},
        {"leak", run_leak},
        {"zombie", run_zombie},
        {"zombie-leader", run_zombie_leader},
        {"full-pipe", run_full_pipe},
    };
    const auto found = modes.find(argc > 1 ? argv[1] : "");
    if (found == modes.end()) {
        std::fprintf(stderr, "usage: doctor_subject MODE\n");
        return 2;
    }
    found->second();
    return 0;
}
