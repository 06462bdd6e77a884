#include "parts.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace subject {
namespace {

void take(int) {}

sockaddr_in loopback(int port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    return at;
}

[[noreturn]] void be_client(int port, const char* request, int connections, client kind, int told) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NAME, "client");
    ::setsid();
    for (int i = 0; i < connections; ++i) {
        const int fd = connected_to(port, kind == client::takes_little ? 4096 : 0);
        const auto size = static_cast<ssize_t>(std::strlen(request));
        expect(size == 0 || ::write(fd, request, std::strlen(request)) == size);
        if (kind == client::closes) {
            ::close(fd);
        }
    }
    ::close(told);
    sleep_for_ever();
}

}  // namespace

void expect(bool is_good) {
    if (!is_good) {
        constexpr int broken = 9;
        std::perror("doctor_subject");
        ::_exit(broken);
    }
}

void say_ready(int port) {
    std::printf("ready %d\n", port);
    std::fflush(stdout);
}

int port_of(int fd) {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
}

int listening(bool is_inherited) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | (is_inherited ? 0 : SOCK_CLOEXEC), 0);
    const auto at = loopback(0);
    expect(::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    expect(::listen(fd, 16) == 0);
    return fd;
}

int connected_to(int port, int receive_buffer) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer != 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const auto at = loopback(port);
    expect(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    return fd;
}

void connect_from_child(int listener, const char* request, int connections, client kind) {
    const int port = port_of(listener);
    int told[2];
    expect(::pipe(told) == 0);
    const int child = ::fork();
    expect(child >= 0);
    if (child == 0) {
        ::close(listener);
        ::close(told[0]);
        be_client(port, request, connections, kind, told[1]);
    }
    ::close(told[1]);
    char c = 0;
    while (::read(told[0], &c, 1) > 0) {
    }
    ::close(told[0]);
}

void catch_term() {
    struct sigaction how {};
    how.sa_handler = take;
    how.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &how, nullptr);
}

void block_term() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void end_by_term() {
    ::signal(SIGTERM, [](int) { ::_exit(0); });
}

void wait_in_epoll(int fd) {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event what{EPOLLIN, {}};
    ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &what);
    for (;;) {
        ::epoll_wait(set, &what, 1, -1);
    }
}

void sleep_for_ever() {
    for (;;) {
        ::pause();
    }
}

}  // namespace subject
