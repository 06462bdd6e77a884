// The thread that is always there: it takes the signals, and ends the process at the
// deadline whatever all other threads do. It never runs code of the application.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "runtime/step_board.hpp"
#include "sys/epoll.hpp"
#include "sys/signal/signals.hpp"

namespace lastcall::runtime {

class watchdog {
public:
    /// Claims SIGTERM and SIGINT.
    /// Errors: std::logic_error, std::system_error; nothing is claimed then.
    watchdog(std::string service, const step_board& steps);
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog();

    /// Starts the thread, once. `on_signal` runs on it; it must neither block nor throw.
    /// Errors: std::system_error.
    void start(std::function<void(const sys::arrived_signal&)> on_signal);

    /// Before `start`: `serve` runs on the thread too, whenever `fd` is readable. The same
    /// holds for it. Errors: std::system_error.
    void serve_also(int fd, std::function<void()> serve);

    /// Ends the thread. Signals that arrive later stay pending.
    void stop() noexcept;

    /// From now on the process ends at `deadline`. A later call may only bring it forward.
    /// Threads: any; never blocks.
    void arm(std::chrono::steady_clock::time_point deadline) noexcept;

    /// When the process ends; unset while it is not armed.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept;

    /// Everything has ended: there is no deadline any more.
    void disarm() noexcept;

    /// The stop is over: a signal that still comes must not change the exit status.
    void keep_signals_blocked() noexcept { signals_.keep_blocked(); }

private:
    void run() noexcept;
    void take_signals() noexcept;
    [[noreturn]] void end_process(std::chrono::steady_clock::time_point deadline) noexcept;

    static constexpr std::int64_t never = INT64_MAX;

    std::string service_;
    const step_board& steps_;
    std::function<void(const sys::arrived_signal&)> on_signal_;
    std::function<void()> serve_;
    sys::signal_source signals_;
    sys::unique_fd changed_;
    sys::epoll epoll_;
    std::atomic<std::int64_t> deadline_{never};  ///< steady clock, nanoseconds
    std::atomic<bool> leave_{false};
    std::thread thread_;
};

}  // namespace lastcall::runtime
