// Clients that keep their connection and never retry.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::agent_traffic_test {

class client {
public:
    explicit client(std::uint16_t port) : to_(sys::endpoint::loopback(port)) {}

    /// The status of the answer; 0: none came.
    int ask(const std::string& path) {
        if (!fd_) {
            fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            const timeval limit{20, 0};
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            if (::connect(fd_.get(), to_.address(), to_.size()) != 0) {
                fd_.reset();
                return 0;
            }
        }
        const std::string request =
            "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
        ::send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL);
        std::string answer;
        char some[4096];
        while (!is_whole(answer)) {
            const auto size = ::recv(fd_.get(), some, sizeof some, 0);
            if (size <= 0) {
                fd_.reset();
                return 0;
            }
            answer.append(some, static_cast<std::size_t>(size));
        }
        return std::stoi(answer.substr(9, 3));
    }

private:
    static bool is_whole(const std::string& answer) {
        const auto end = answer.find("\r\n\r\n");
        auto length = answer.find("ontent-");  // either case
        length = length == std::string::npos ? length : answer.find("ength: ", length);
        return end != std::string::npos && length < end &&
               answer.size() >= end + 4 + std::stoul(answer.substr(length + 7));
    }

    sys::endpoint to_;
    sys::unique_fd fd_;
};

class load {
public:
    load(std::uint16_t port, int clients) {
        for (int i = 0; i < clients; ++i) {
            threads_.emplace_back([this, port] {
                client one(port);
                while (!is_over_) {
                    ++(one.ask("/") == 200 ? good_ : bad_);
                }
            });
        }
    }
    ~load() { stop(); }
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    void stop() {
        is_over_ = true;
        for (std::thread& one : threads_) {
            one.join();
        }
        threads_.clear();
    }
    [[nodiscard]] int good() const { return good_; }
    [[nodiscard]] int bad() const { return bad_; }
    /// Until so many more have been answered, so that what comes next happens under load.
    void wait_for_more(int count) const {
        for (const int target = good_ + count; good_ < target && bad_ == 0;) {
            std::this_thread::yield();
        }
    }

private:
    std::atomic<bool> is_over_ = false;
    std::atomic<int> good_ = 0, bad_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace lastcall::agent_traffic_test
