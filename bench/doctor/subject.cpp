#include "subject.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace doctor_bench {
namespace {

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    made.sin_port = htons(port);
    return made;
}

void connect_to(std::uint16_t port) {
    const int one = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    const auto to = loopback(port);
    checked(::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to), "connect");
}

void accept_at(int listener) { checked(::accept(listener, nullptr, nullptr), "accept"); }

}  // namespace

open_port listen_anywhere() {
    open_port made;
    made.listener = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    auto at = loopback(0);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    checked(::bind(made.listener, address, size), "bind");
    checked(::listen(made.listener, 4096), "listen");
    checked(::getsockname(made.listener, address, &size), "getsockname");
    made.number = ntohs(at.sin_port);
    return made;
}

void hold_connections(const open_port& at, int count) {
    for (int i = 0; i < count; ++i) {
        connect_to(at.number);
        accept_at(at.listener);
    }
}

subject make_subject(int connections, bool has_outbound) {
    std::vector<helper> clients;
    const auto port = listen_anywhere();
    const auto other = listen_anywhere();
    // The kernel takes them in before anybody accepts them: the server comes last.
    clients.emplace_back([&] {
        ::close(port.listener);
        for (int i = 0; i < connections; ++i) {
            connect_to(port.number);
        }
        return std::uint64_t{0};
    });
    helper server([&] {
        ::signal(SIGTERM, [](int) {});
        for (int i = 0; i < connections; ++i) {
            accept_at(port.listener);
        }
        ::close(other.listener);
        if (has_outbound) {
            int pair[2];
            checked(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
            connect_to(other.number);
        }
        return std::uint64_t{port.number};
    });
    ::close(port.listener);
    ::close(other.listener);
    return {std::move(clients), std::move(server)};
}

}  // namespace doctor_bench
