// The thread of a load: sockets, timers, and functions handed over from outside.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "drill/load/net_poller.hpp"
#include "drill/load/timers.hpp"

namespace lastcall::drill {

class event_loop final : private io_handler {
public:
    event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;
    ~event_loop() override;

    [[nodiscard]] net_poller& sockets() noexcept { return sockets_; }
    [[nodiscard]] timer_queue& timers() noexcept { return timers_; }

    /// Runs `call` on the loop's thread, between two turns.
    /// Threads: any. Blocks: no.
    void post(std::function<void()> call);

    /// Handles what has happened on the sockets up to now. Only from a posted call, or from
    /// what run() asks after each turn.
    void catch_up() { sockets_.wait(moment{}); }

    /// The longest time by which a turn began later than it was to.
    [[nodiscard]] std::chrono::nanoseconds longest_stall() const noexcept { return stall_; }

    /// Runs until `finished` says so after a turn, or `until` has passed.
    /// Returns: whether it was `finished`.
    bool run(moment until, const std::function<bool()>& finished);

private:
    void on_io(bool readable, bool writable, bool over) override;
    void run_posted();

    net_poller sockets_;
    timer_queue timers_;
    sys::unique_fd wake_;
    bool is_woken_ = false;
    std::chrono::nanoseconds stall_{};
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace lastcall::drill
