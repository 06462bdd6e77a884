// Two ways to write a server by hand: hand_written_server epoll|threads PORT ANSWER
//
// "threads" is the one that is hard to hand over: four threads wait in a blocking accept.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

std::string answer;

void serve(int connection) {
    char request[4096];
    if (::recv(connection, request, sizeof request, 0) > 0) {
        const std::string text = "HTTP/1.0 200 OK\r\n\r\n" + answer;
        (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    }
    ::close(connection);
}

int open_listener(const char* port, int flags) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | flags, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 2) != 0) {
        std::perror("bind");
        std::exit(1);
    }
    return fd;
}

int run_threads(const char* port) {
    const int listener = open_listener(port, 0);
    for (int i = 0; i < 4; ++i) {
        std::thread([listener] {
            for (;;) {
                const int connection = ::accept(listener, nullptr, nullptr);
                if (connection >= 0) {
                    serve(connection);
                }
            }
        }).detach();
    }
    ::pause();
    return 0;
}

int run_epoll(const char* port) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &stop, nullptr);
    const int signals = ::signalfd(-1, &stop, 0);
    const int listener = open_listener(port, SOCK_NONBLOCK);
    const int set = ::epoll_create1(0);
    for (const int fd : {signals, listener}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
    }
    for (;;) {
        epoll_event event{};
        if (::epoll_wait(set, &event, 1, -1) == 1 && event.data.fd == signals) {
            return 0;
        }
        for (int connection = 0; (connection = ::accept(listener, nullptr, nullptr)) >= 0;) {
            serve(connection);
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        return 2;
    }
    answer = arguments[3];
    return arguments[1] == std::string_view("epoll") ? run_epoll(arguments[2])
                                                     : run_threads(arguments[2]);
}
