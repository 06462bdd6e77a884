// A service behind a proxy: HTTP/1.1 with keep-alive, a thread for each connection, and an end
// without any manners, so that whoever stops it too early loses requests.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "sys/socket/socket.hpp"

namespace lastcall::agent_traffic_test {

class backend_server {
public:
    explicit backend_server(std::uint16_t port)
        : listener_(sys::listen_tcp({"127.0.0.1", port}, 512)) {
        // accept(2) is to wait here.
        acceptor_ = std::thread([this] { accept_all(); });
    }
    backend_server(const backend_server&) = delete;
    backend_server& operator=(const backend_server&) = delete;

    /// Cuts whatever is there.
    ~backend_server() {
        is_over_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const int fd : open_) {
                ::shutdown(fd, SHUT_RDWR);
            }
        }
        for (std::thread& one : threads_) {
            one.join();
        }
    }

    void set_healthy(bool value) { is_healthy_ = value; }
    /// Checks are not answered at all.
    void set_silent() { is_silent_ = true; }
    /// Requests for /held are answered from now on.
    void release() { is_released_ = true; }
    [[nodiscard]] int held() const { return held_; }
    [[nodiscard]] int endless() const { return endless_; }

private:
    void accept_all() {
        while (!is_over_) {
            fd_set wait;
            FD_ZERO(&wait);
            FD_SET(listener_.get(), &wait);
            ::select(listener_.get() + 1, &wait, nullptr, nullptr, nullptr);
            const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd >= 0) {
                const std::lock_guard lock(mutex_);
                open_.push_back(fd);
                threads_.emplace_back([this, fd] { serve(fd); });
            }
        }
    }

    void serve(int fd) {
        std::string text;
        char some[4096];
        for (;;) {
            const auto end = text.find("\r\n\r\n");
            if (end == std::string::npos) {
                const auto size = ::recv(fd, some, sizeof some, 0);
                if (size <= 0) {
                    break;
                }
                text.append(some, static_cast<std::size_t>(size));
                continue;
            }
            const std::string head = text.substr(0, end);
            text.erase(0, end + 4);
            if (!answer(fd, head)) {
                break;
            }
        }
        const std::lock_guard lock(mutex_);
        open_.remove(fd);
        ::close(fd);
    }

    bool answer(int fd, const std::string& head) {
        const bool is_check = head.find("/health") != std::string::npos;
        const bool is_endless = head.find("/endless") != std::string::npos;
        if (is_endless || (is_check && is_silent_)) {
            endless_ += is_endless ? 1 : 0;
            char byte = 0;
            return ::recv(fd, &byte, 1, 0) > 0;  // until somebody gives up
        }
        if (head.find("/held") != std::string::npos) {
            for (++held_; !is_released_ && !is_over_;) {
                std::this_thread::yield();
            }
        } else if (!is_check) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));  // what a request takes
        }
        const std::string status = is_check && !is_healthy_ ? "503 Service Unavailable" : "200 OK";
        const std::string whole = "HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nok";
        return ::send(fd, whole.data(), whole.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(whole.size());
    }

    sys::unique_fd listener_;
    std::atomic<bool> is_over_ = false;
    std::atomic<bool> is_healthy_ = true;
    std::atomic<bool> is_silent_ = false, is_released_ = false;
    std::atomic<int> held_ = 0;
    std::atomic<int> endless_ = 0;
    std::mutex mutex_;
    std::list<int> open_;
    std::list<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace lastcall::agent_traffic_test
