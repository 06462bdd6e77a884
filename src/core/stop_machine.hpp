// The stop as a state machine over values: events and the time go in, actions come
// out. It owns no clock and no thread; the runtime carries the actions out.
//
// Drains run users before what they use; a barrier; closes run in the same order. A
// step whose share runs out is forced, and given up a moment later so that the rest
// still runs. What a step that was given up still uses is not closed.
#pragma once

#include <optional>
#include <vector>

#include <lastcall/state.hpp>

#include "core/plan.hpp"

namespace lastcall::core {

struct stop_settings {
    duration deadline{0};      ///< from the request to the end of the process
    duration force_window{0};  ///< the last part of it, in which what remains is forced
    duration duck_min{0};
    duration duck_max{0};  ///< 0: no lame duck
    duration duck_quiet{0};
};

/// The same with an earlier deadline: what remains is forced in the last tenth, or at once
/// where hardly any time is left.
stop_settings within(stop_settings own, duration deadline);

struct action {
    enum class kind : unsigned char {
        enter_state,  ///< `state`
        start,        ///< `part`, `step`, until `limit`
        force,        ///< `part`
        give_up,      ///< `part`, `step`: it keeps running, nobody waits for it
    };
    kind what;
    lastcall::state state = lastcall::state::starting;
    std::size_t part = 0;
    step_kind step = step_kind::drain;
    time_point limit{};
};

/// One step as it went.
struct step_trace {
    std::size_t part = 0;
    step_kind kind = step_kind::drain;
    time_point start{};
    time_point share_end{};
    std::optional<time_point> end = std::nullopt;
    bool forced = false;
    bool given_up = false;
    bool failed = false;

    [[nodiscard]] lastcall::result result() const noexcept;
};

class stop_machine {
public:
    stop_machine(const plan& order, stop_settings settings);

    /// The stop begins. `was_ready`: only then is there a lame duck.
    std::vector<action> begin(time_point now, bool was_ready);

    /// A step ended by itself. An end that is reported twice, or for a step that does
    /// not run, changes nothing.
    std::vector<action> step_ended(std::size_t part, step_kind kind, bool failed, time_point now);

    /// Somebody does not want to wait: forces everything, and ends within the force window.
    std::vector<action> hurry(time_point now);

    /// There is less time than was said; `tick` then does what follows. Never gives more.
    void shorten(time_point deadline, time_point now);

    /// Time has passed. `last_arrival`: when somebody was last routed here.
    std::vector<action> tick(time_point now, time_point last_arrival);

    /// When `tick` has something to do next; empty when only an event can change anything.
    [[nodiscard]] std::optional<time_point> next_tick() const noexcept;

    [[nodiscard]] lastcall::state state() const noexcept { return state_; }
    [[nodiscard]] bool finished() const noexcept { return state_ == lastcall::state::stopped; }

    /// When the stop began.
    [[nodiscard]] time_point requested() const noexcept { return requested_; }

    /// When the watchdog ends the process.
    [[nodiscard]] time_point deadline() const noexcept { return deadline_; }
    [[nodiscard]] const std::vector<step_trace>& steps() const noexcept { return traces_; }
    [[nodiscard]] lastcall::result result() const noexcept;

private:
    enum class phase : unsigned char { waiting, running, given_up, ended };
    struct step_state {
        phase at = phase::waiting;
        std::size_t trace = 0;
        time_point force_at{};
        time_point give_up_at{};
    };

    step_state& at(std::size_t part, step_kind kind);
    [[nodiscard]] const step_state& at(std::size_t part, step_kind kind) const;
    void enter(lastcall::state next);
    void advance(time_point now);
    void start(std::size_t part, step_kind kind, time_point now);
    void start_what_can(time_point now);
    void force(std::size_t part, step_kind kind, time_point now);
    void give_up(std::size_t part, step_kind kind);
    void end(std::size_t part, step_kind kind);
    [[nodiscard]] bool may_drain(std::size_t part) const;
    [[nodiscard]] bool may_close(std::size_t part) const;
    [[nodiscard]] bool somebody_waits_for(std::size_t part, step_kind kind) const;
    [[nodiscard]] bool all_drains_over() const;
    [[nodiscard]] bool all_ended() const;
    void force_everything(time_point now);
    std::vector<action> take();

    const plan& plan_;
    stop_settings settings_;
    lastcall::state state_ = lastcall::state::starting;
    bool forcing_ = false;
    std::vector<step_state> drains_;
    std::vector<step_state> closes_;
    std::vector<step_trace> traces_;
    std::vector<action> out_;
    time_point duck_start_{};
    time_point duck_end_{};    ///< at the latest
    time_point duck_check_{};  ///< when quiet may have been reached
    time_point requested_{};
    time_point force_at_{};
    time_point deadline_{};
};

}  // namespace lastcall::core
