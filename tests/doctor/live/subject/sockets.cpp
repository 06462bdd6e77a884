// What sockets hold a stop up with, or what they lose.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "modes.hpp"
#include "parts.hpp"

namespace subject {
namespace {

constexpr const char* request = "GET / HTTP/1.1\r\n\r\n";

/// Accepts, answers the first `answered` requests, and keeps all connections.
void serve(int answered) {
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
                expect(::write(one, answer.data(), answer.size()) > 0);
            }
            kept.push_back(one);
        }
    }).detach();
    connect_from_child(fd, request, 2);
    say_ready(port_of(fd));
    sleep_for_ever();
}

void run_in_flight(const char*) { serve(0); }

void run_idle(const char*) {
    constexpr int all = 9;
    serve(all);
}

void run_stalled(const char*) {
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

/// Events to one client, several a second, for as long as there is one.
void run_stream(const char*) {
    catch_term();
    const int fd = listening();
    std::thread([fd] {
        const int one = ::accept(fd, nullptr, nullptr);
        for (;;) {
            expect(::send(one, "data: tick\n\n", 12, MSG_NOSIGNAL) > 0);
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }).detach();
    connect_from_child(fd, request, 1);
    say_ready(port_of(fd));
    sleep_for_ever();
}

/// It has closed a connection, and the client does not take what was sent.
void run_closed_with_rest(const char*) {
    catch_term();
    const int fd = listening();
    connect_from_child(fd, "", 1, client::takes_little);
    const int one = ::accept(fd, nullptr, nullptr);
    const std::string much(1U << 20U, 'x');
    while (::send(one, much.data(), much.size(), MSG_DONTWAIT) > 0) {
    }
    ::close(one);
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

/// Its loop waits, but not for this listener: it has as many connections as it may.
void run_full_house(const char*) {
    end_by_term();
    const int fd = listening();
    connect_from_child(fd, request, 3);
    say_ready(port_of(fd));
    wait_in_epoll(listening());
}

/// The clients have closed, and it never looks.
void run_close_wait(const char*) {
    catch_term();
    const int fd = listening();
    std::thread([fd] {
        std::vector<int> kept;
        for (;;) {
            kept.push_back(::accept(fd, nullptr, nullptr));
        }
    }).detach();
    connect_from_child(fd, request, 4, client::closes);
    say_ready();
    wait_in_epoll(listening());
}

void run_asking(const char* port) {
    catch_term();
    const int fd = connected_to(std::atoi(port));
    expect(::write(fd, request, std::strlen(request)) > 0);
    say_ready();
    wait_in_epoll(fd);
}

void run_leak(const char*) {
    const int fd = listening(true);
    int started[2];
    expect(::pipe2(started, O_CLOEXEC) == 0);
    if (::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, 0);
        ::execlp("sleep", "sleep", "100", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(started[1]);
    char c = 0;
    expect(::read(started[0], &c, 1) == 0);  // closed by the start of the program
    ::close(started[0]);
    catch_term();
    say_ready(port_of(fd));
    wait_in_epoll(fd);
}

}  // namespace

std::span<const mode> socket_modes() {
    static constexpr std::array all{
        mode{"in-flight", run_in_flight},
        mode{"idle", run_idle},
        mode{"stalled", run_stalled},
        mode{"full-house", run_full_house},
        mode{"close-wait", run_close_wait},
        mode{"asking", run_asking, true},
        mode{"leak", run_leak},
        mode{"stream", run_stream},
        mode{"closed-with-rest", run_closed_with_rest},
    };
    return all;
}

}  // namespace subject
