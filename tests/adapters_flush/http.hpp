// As much of HTTP/1.1 as these tests need, over plain sockets.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace lastcall::testing {

inline sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

/// Reads until the end of the connection, or until `enough` bytes are there.
inline std::string receive(int fd, std::size_t enough = SIZE_MAX) {
    std::string all;
    char buffer[4096];
    while (all.size() < enough) {
        const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) {
            break;
        }
        all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
}

/// GET, the whole response; empty when refused.
inline std::string get(int port, const std::string& path) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in to = loopback(port);
    std::string response;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
        const std::string request =
            "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
        response = receive(fd);
    }
    ::close(fd);
    return response;
}

/// A server that takes one request and answers it with a status, or never.
class one_shot_server {
public:
    one_shot_server() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(fd_, 8) != 0 ||
            ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error("one_shot_server: bind");
        }
        port_ = ntohs(address.sin_port);
    }
    one_shot_server(const one_shot_server&) = delete;
    one_shot_server& operator=(const one_shot_server&) = delete;
    ~one_shot_server() { ::close(fd_); }

    [[nodiscard]] int port() const { return port_; }

    /// Takes one request with a body of known length, answers, returns the request.
    std::string answer(const std::string& status) const {
        const int peer = ::accept(fd_, nullptr, nullptr);
        std::string request;
        std::size_t end = request.npos;
        while ((end = request.find("\r\n\r\n")) == request.npos) {
            const std::string more = receive(peer, 1);
            if (more.empty()) {
                break;
            }
            request += more;
        }
        if (request.find("Expect: 100-continue") != request.npos) {
            const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            ::send(peer, go_on.data(), go_on.size(), MSG_NOSIGNAL);
        }
        const auto length = request.find("Content-Length: ");
        if (end != request.npos && length != request.npos) {
            const std::size_t whole = end + 4 + std::stoul(request.substr(length + 16));
            while (request.size() < whole) {
                const std::string more = receive(peer, 1);
                if (more.empty()) {
                    break;
                }
                request += more;
            }
        }
        const std::string response = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
        ::send(peer, response.data(), response.size(), MSG_NOSIGNAL);
        ::close(peer);
        return request;
    }

private:
    int fd_;
    int port_ = 0;
};

}  // namespace lastcall::testing
