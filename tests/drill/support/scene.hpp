// A stop that is made up: lanes of clients around a signal, and a server that answers.
#pragma once

#include <cstdint>
#include <string_view>

#include "drill/record/run_record.hpp"

namespace lastcall::drill::samples {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t signal_at = 7'200'000 * ms;

/// Numbers that look random and are the same each time.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}
    /// From `low` to `high`, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        const auto range = static_cast<std::uint64_t>(high - low + 1);
        return low + static_cast<std::int64_t>((state_ >> 33U) % range);
    }
    bool once_in(std::int64_t n) { return between(1, n) == 1; }

private:
    std::uint64_t state_;
};

/// When the made-up server does what, in nanoseconds from the signal.
struct server_plan {
    std::int64_t load_begins = -2500 * ms;
    std::int64_t routes_end = 60 * ms;  ///< no new connections from here on
    std::int64_t announces = 14 * ms;   ///< the end of the connection, on every answer
    std::int64_t closes_idle = 90 * ms;
    std::int64_t last_answer = 380 * ms;
    bool is_graceful = true;  ///< false: what is in flight at `last_answer` is cut
};

class scene {
public:
    scene(run_record& run, trial_record& trial, server_plan plan, std::uint64_t seed);

    void pool(int clients);
    void fresh(int clients);
    void busy(int clients);
    void stream(int clients);
    void websocket(int clients);
    void h2(int active, int idle);
    /// Connections on which nothing is in flight: "silent", "idle".
    void quiet(std::string_view lane, int clients, cell where);
    /// One exchange that is in `where` at the signal, on each of its connections.
    void held(std::string_view lane, int clients, cell where, int milliseconds);
    void probe();
    /// The curves, and how many connections were in which cell.
    void finish();

private:
    void answer_until_closed(std::string_view lane, int clients, std::int64_t think_ms,
                             std::int64_t low_ms, std::int64_t high_ms);
    exchange begin(std::string_view lane, std::string_view method, std::string_view target);
    void end(exchange one, std::int64_t at, outcome result, int status);
    void enter(std::string_view lane, int clients);

    run_record& run_;
    trial_record& trial_;
    server_plan plan_;
    dice dice_;
    std::uint32_t connection_ = 0;
};

}  // namespace lastcall::drill::samples
