// Hands out requests at a fixed rate, whatever becomes of the earlier ones: each is due at
// its own time, and its latency counts from there, so that a server that stands still does
// not stop the asking.
#pragma once

#include <deque>
#include <vector>

#include "drill/load/lane.hpp"

namespace lastcall::drill {

/// Who sends what the open loop hands out.
class open_worker {
public:
    virtual ~open_worker() = default;
    virtual void hand_out(moment due) = 0;
    /// Whether it could send now, over the connection it has or over a new one.
    [[nodiscard]] virtual bool can_send() const = 0;
    /// Whether it may be able to later: it is in the middle of something.
    [[nodiscard]] virtual bool is_occupied() const = 0;

private:
    friend class open_loop;
    bool is_listed_ = false;  // among those that are free
};

class open_loop final : public lane_driver {
public:
    open_loop(load_context& shared, const lane_plan& plan, std::string_view lane);

    void add(open_worker& one);
    /// `one` can take a request again. Nothing changes when it could already.
    void freed(open_worker& one);

    void begin(moment when) override;
    void routes_closed() override;
    void wind_down() override;
    [[nodiscard]] bool finished() const override;
    void end() override;

private:
    void due();
    void hand_out(moment when);
    void give_up_stale(moment now);
    void plan_next();
    [[nodiscard]] bool anybody_left() const;
    void stop(outcome result);
    void record_unsent(moment due, outcome result);

    load_context& context_;
    const std::string_view lane_;
    const std::string_view target_;
    const double gap_ns_;
    const bool poisson_;
    timer timer_;
    moment next_{};
    double part_ns_ = 0;  // of the time of the next one: rates do not divide a second evenly
    std::vector<open_worker*> all_;
    std::deque<open_worker*> free_;
    std::deque<moment> waiting_;  // due, and nobody was free
    bool stopped_ = true;
};

}  // namespace lastcall::drill
