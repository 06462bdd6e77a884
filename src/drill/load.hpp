// Mixed load on one server, and the record of all of it. The load runs on a thread of its
// own; the routes are "withdrawn at the signal": from then on nobody makes a connection,
// and whoever has one goes on using it until the server ends it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "drill/lane_fresh.hpp"
#include "drill/lane_idle.hpp"
#include "drill/lane_keepalive.hpp"
#include "drill/lane_silent.hpp"
#include "drill/lane_slow.hpp"
#include "drill/lane_stream.hpp"
#include "drill/lane_websocket.hpp"

namespace lastcall::drill {

struct load_plan {
    sys::endpoint target;
    std::chrono::milliseconds patience{10'000};  ///< for one answer, beyond what it takes
    std::uint32_t seed = 1;
    keepalive_plan keepalive;
    keepalive_plan exports{.lane = "export", .post_share = 0, .get = "/export"};
    fresh_plan fresh;
    slow_plan slow;
    stream_plan stream;
    websocket_plan websocket;
    idle_plan idle;
    silent_plan silent;
};

class load {
public:
    /// Errors: std::system_error (EMFILE and the like).
    explicit load(const load_plan& plan);
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    /// Ends at once what still runs.
    ~load();

    /// Starts the thread. Blocks: no.
    void start();

    /// Withdraws the routes and calls `send` on the load's own thread, between two events:
    /// no connection is begun between the two, so what is "before" and what is "after" is
    /// exact. Returns: the time read just before `send`. Blocks: for a turn of the loop.
    moment signal(const std::function<void()>& send);

    /// Waits until every connection has ended and every answer is in, but not beyond
    /// `until`: what is still open then is ended by us, and says so in the record.
    /// Returns: whether all had ended by themselves. Blocks: up to `until`.
    bool finish(moment until);

    /// Threads: any, at any time.
    [[nodiscard]] const load_counters& counters() const noexcept { return context_.counters; }

    /// Only after finish().
    [[nodiscard]] const exchange_log& log() const noexcept { return context_.log; }

private:
    void run();
    [[nodiscard]] bool all_finished() const;

    load_context context_;
    std::vector<lane> lanes_;
    bool signalled_ = false;  // the loop's thread only
    bool ending_ = false;     // the loop's thread only
    bool by_themselves_ = false;
    std::thread thread_;
};

}  // namespace lastcall::drill
