// epoll(7), level-triggered: who waits for which socket. Level-triggered because a handler
// may leave bytes where they are (a lane that reads slowly), and is told again.
#pragma once

#include <array>
#include <cstdint>

#include "drill/record/exchange.hpp"
#include "sys/fd.hpp"

namespace lastcall::drill {

/// Called by the poller; may add, change and remove any socket, its own included.
class io_handler {
public:
    virtual ~io_handler() = default;

    /// `readable` is true for bytes, for a FIN and for a reset alike. `over`: a reset, or
    /// both directions have ended; told whether asked for or not.
    virtual void on_io(bool readable, bool writable, bool over) = 0;
};

/// One thread only.
class net_poller {
public:
    /// Errors: std::system_error (EMFILE, ENFILE, ENOMEM).
    net_poller();

    /// Errors: std::system_error. Lifetime: `handler` until remove().
    void add(int fd, io_handler& handler, bool want_readable, bool want_writable);
    void change(int fd, io_handler& handler, bool want_readable, bool want_writable);

    /// No event reaches `handler` afterwards, also none that was already taken from the kernel.
    void remove(int fd, io_handler& handler) noexcept;

    /// Waits until something happens or `until` has passed, and calls the handlers. Not
    /// from a handler.
    void wait(moment until);

private:
    struct taken {
        io_handler* handler = nullptr;
        std::uint32_t events = 0;
    };

    sys::unique_fd fd_;
    std::array<taken, 256> batch_{};
    std::size_t batch_size_ = 0;
};

}  // namespace lastcall::drill
