// A lane: some clients that do the same thing. One file for each kind of lane holds what is
// particular to it; this is what the engine knows of all of them.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "drill/load/client.hpp"

namespace lastcall::drill {

/// Drives clients that share their work: an open loop hands requests out.
class lane_driver {
public:
    virtual ~lane_driver() = default;
    virtual void begin(moment when) = 0;
    virtual void routes_closed() = 0;
    virtual void wind_down() = 0;
    /// Whether nothing waits to be handed out, and nothing will.
    [[nodiscard]] virtual bool finished() const = 0;
    /// What was not handed out is recorded as ended by us.
    virtual void end() = 0;
};

struct lane {
    lane_plan plan;
    std::unique_ptr<lane_driver> driver;  ///< as a rule none; outlives the clients
    std::vector<std::unique_ptr<client>> clients;
};

/// What is wrong with a plan that no server could satisfy; empty: nothing.
[[nodiscard]] std::string why_impossible(const load_target& target, const lane_plan& plan);

/// Errors: std::runtime_error with why_impossible().
[[nodiscard]] lane make_lane(load_context& shared, const lane_plan& plan);

}  // namespace lastcall::drill
