// The listening socket, and the three ways to end it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "service.hpp"

namespace faulty {

class acceptor {
public:
    using taker = std::function<void(int connection)>;

    /// Listens on 127.0.0.1, and gives each connection to `take` on a thread of its own.
    /// Errors: std::system_error.
    acceptor(service& shared, taker take);
    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;
    ~acceptor();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Accepts nobody any more; the kernel goes on to make connections. Blocks: shortly.
    void pause();

    /// Nobody new can connect, everybody in the queue is accepted, then it is closed.
    void close_in_order();

    /// After pause(): closes it with everybody who waits in the queue, and notes who they are.
    void drop_queue();

private:
    void accept_all();
    void refuse_new() const;
    void note_queue() const;

    service& service_;
    taker take_;
    int fd_;
    std::uint16_t port_ = 0;
    signpost ended_;
    std::thread thread_;
};

}  // namespace faulty
