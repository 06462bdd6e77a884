// A server for readiness checks, driven by the test itself: nothing happens between turns.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lastcall::testing {

/// A server that answers each request with the next of its answers, and closes.
class server {
public:
    explicit server(std::vector<std::string> answers, int family = AF_INET, std::uint16_t port = 0)
        : answers_(std::move(answers)) {
        listener_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_storage address{};
        socklen_t size = sizeof(sockaddr_in);
        if (family == AF_INET) {
            auto& v4 = reinterpret_cast<sockaddr_in&>(address);
            v4.sin_family = AF_INET;
            v4.sin_port = htons(port);
            v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        } else {
            auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
            v6.sin6_family = AF_INET6;
            v6.sin6_addr = in6addr_loopback;
            size = sizeof(sockaddr_in6);
        }
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) {
            ::close(listener_);
            listener_ = -1;
            return;
        }
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
    }
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server() {
        ::close(connection_);
        ::close(listener_);
    }

    void listen() { ::listen(listener_, 8); }
    [[nodiscard]] bool is_bound() const { return listener_ >= 0; }
    [[nodiscard]] std::string port() const { return std::to_string(port_); }
    [[nodiscard]] int listener() const { return listener_; }
    [[nodiscard]] int connection() const { return connection_; }
    [[nodiscard]] const std::string& request() const { return request_; }

    void turn() {
        if (connection_ < 0) {
            connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            part_.clear();
        }
        char text[2048];
        const ssize_t size = connection_ < 0 ? -1 : ::recv(connection_, text, sizeof text, 0);
        if (size == 0) {
            hang_up();
        } else if (size < 0 && connection_ >= 0 && errno == ECONNRESET) {
            saw_reset = true;
            hang_up();
        } else if (size > 0) {
            part_.append(text, static_cast<std::size_t>(size));
        }
        if (part_.ends_with("\r\n\r\n") && served_ < answers_.size()) {
            request_ = part_;
            const std::string& answer = answers_[served_++];
            (void)!::send(connection_, answer.data(), answer.size(), MSG_NOSIGNAL);
            if (!stays_open) {
                hang_up();
            }
        }
    }
    void hang_up() {
        ::close(connection_);
        connection_ = -1;
        part_.clear();
    }

    bool stays_open = false;  ///< after its answer: the client is to close
    bool saw_reset = false;   ///< the client has cut a connection

private:
    std::vector<std::string> answers_;
    int listener_ = -1;
    int connection_ = -1;
    std::uint16_t port_ = 0;
    std::size_t served_ = 0;
    std::string part_;
    std::string request_;
};

}  // namespace lastcall::testing
