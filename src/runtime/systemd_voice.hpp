// What systemd is told (sd_notify(3)): that the service is ready, that it lives, that it
// stops, how far the stop has come, and, while it moves, that it needs more time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lastcall/gate.hpp>
#include <lastcall/state.hpp>

#include "runtime/heartbeats.hpp"
#include "sys/socket/notify.hpp"

namespace lastcall::runtime {

/// Threads: the engine's, but for `ready`.
class systemd_voice {
public:
    /// `loops`             systemd's watchdog is fed while all of them answer.
    /// `asks_for_time`     false when the grace is systemd's own: then there is no more.
    /// Errors: as those of sys::notify_socket.
    systemd_voice(const heartbeats& loops, bool asks_for_time);

    /// Threads: any.
    void ready() const noexcept;

    void stopping();
    void enter(state next);

    /// A step of `component` says how far it is; that stands until `step_ended`.
    void step_said(std::string_view component, std::string text);
    void step_ended(std::string_view component);

    /// Tells the latest that was said. One call for many of `step_said`.
    void tell_status() const;

    /// Does what is due. `end`: when the platform's time runs out; empty before a stop.
    void tick(clock::time_point now, std::optional<clock::time_point> end);

    /// When `tick` has something to do next; empty: never.
    [[nodiscard]] std::optional<clock::time_point> next_tick() const noexcept;

private:
    void feed_watchdog(clock::time_point now);
    void ask_for_time(clock::time_point now, clock::time_point end);
    [[nodiscard]] std::string status() const;

    const heartbeats& loops_;
    bool asks_for_time_;
    sys::notify_socket socket_;

    std::optional<std::chrono::microseconds> watchdog_;
    clock::time_point next_feed_{};

    bool is_stopping_ = false;
    state state_ = state::ready;
    std::vector<std::pair<std::string, std::string>> said_;  ///< component, its latest words
    bool progressed_ = false;
    std::size_t inside_before_ = 0;
    clock::time_point next_look_{};
};

}  // namespace lastcall::runtime
