// A lane: some clients that do the same thing. One file for each kind of lane holds what
// is particular to it; this is what they share.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "drill/http_client.hpp"

namespace lastcall::drill {

/// One client of a lane, driven by its own timer.
class lane_client : public http_client {
public:
    /// The first tick; before it the client does nothing.
    void begin_at(moment when) { tick_.set(when); }

    /// The routes are withdrawn: who has no connection gets none any more.
    virtual void signal_sent() {
        if (!open() && !busy()) {
            tick_.cancel();
        }
    }

    /// Nothing in flight, no connection, nothing planned.
    [[nodiscard]] bool finished() const noexcept { return !open() && !busy() && !tick_.is_set(); }

protected:
    lane_client(load_context& shared, std::string_view lane)
        : http_client(shared, lane), tick_(shared.loop.timers(), [this] { tick(); }) {}

    virtual void tick() = 0;
    void tick_at(moment when) { tick_.set(when); }
    void cancel_tick() { tick_.cancel(); }
    [[nodiscard]] bool tick_is_set() const noexcept { return tick_.is_set(); }

private:
    timer tick_;
};

struct lane {
    std::vector<std::unique_ptr<lane_client>> clients;
    std::chrono::nanoseconds ramp{};  ///< the clients' first ticks are spread over it
};

/// A pause after something went wrong, so that a dead server is not hammered.
inline constexpr std::chrono::milliseconds pause_after_failure{50};

}  // namespace lastcall::drill
