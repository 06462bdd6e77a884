// How the keeper stops a tree of processes: which phase it is in, what it does next, and
// when it must look again. Pure: the time comes in as a value, what to do goes out as one.
//
//   running -> announcing -> stopping_main -> stopping_rest -> ended
//                                 \________________\__-> killing -> ended
//
// Every phase is left the moment its condition holds; no phase is waited out.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lastcall::core {

enum class keeper_phase : std::uint8_t {
    running,        ///< the main program runs, and nobody has asked for a stop
    announcing,     ///< a stop was asked for; the routing is given time to notice
    stopping_main,  ///< the main program was signalled, and has not exited
    stopping_rest,  ///< the main program is gone; what it left behind was signalled
    killing,        ///< the budget is used up but for the reserve: SIGKILL to what is left
    ended,
};

[[nodiscard]] std::string_view to_string(keeper_phase value) noexcept;

/// Why the tree is being stopped.
enum class keeper_cause : std::uint8_t {
    none,
    signal,         ///< a stop signal came
    main_exited,    ///< the main program ended by itself
    ready_timeout,  ///< it did not become ready in time
};

[[nodiscard]] std::string_view to_string(keeper_cause value) noexcept;

/// What the keeper is to do, in the order given.
enum class keeper_action : std::uint8_t {
    begin_announcing,   ///< start the pre-stop command, if there is one
    end_announcing,     ///< the pre-stop command still runs and has used up its time: kill it
    signal_main,        ///< the stop signal, with the time that is left
    signal_main_again,  ///< a later stop signal is passed on
    signal_rest,        ///< the stop signal to whatever is left of the tree
    report,             ///< say what is left and why, before it is killed
    kill_all,           ///< SIGKILL to whatever is left; repeated until nothing is
    finish,             ///< exit
};

struct keeper_plan {
    std::chrono::nanoseconds grace{std::chrono::seconds(10)};
    std::chrono::nanoseconds reserve{std::chrono::milliseconds(500)};
    std::chrono::nanoseconds delay{0};  ///< announcing takes at least this long
    bool has_pre_stop = false;
};

/// max(500 ms, 5 %), and never more than half.
[[nodiscard]] std::chrono::nanoseconds usual_reserve(std::chrono::nanoseconds grace) noexcept;

class keeper_machine {
public:
    using time = std::chrono::nanoseconds;  ///< since any fixed moment

    explicit keeper_machine(const keeper_plan& plan) noexcept : plan_(plan) {}

    // What happens. Each returns what to do now; the span lives until the next call.
    using actions = std::span<const keeper_action>;

    /// The main program's execve(2) has succeeded: from now on it can be signalled.
    actions launched(time now) noexcept;
    /// A stop signal. The second shortens the budget to the reserve, the third kills.
    actions stop_asked(time now, keeper_cause cause = keeper_cause::signal) noexcept;
    actions pre_stop_ended(time now) noexcept;
    /// Processes were reaped. `main_gone`: the main program was among them, now or before.
    /// `empty`: no descendant is left.
    actions reaped(time now, bool main_gone, bool empty) noexcept;
    /// The platform has granted `by` from now on (EXTEND_TIMEOUT_USEC). Never shortens.
    actions extended(time now, time by) noexcept;
    /// `next_wake` has come.
    actions passed(time now) noexcept;

    /// When `passed` must be called; unset while only an event can change anything.
    [[nodiscard]] std::optional<time> next_wake() const noexcept;

    [[nodiscard]] keeper_phase phase() const noexcept { return phase_; }
    [[nodiscard]] keeper_cause cause() const noexcept { return cause_; }
    /// When the phase was entered; unset if it never was.
    [[nodiscard]] std::optional<time> entered(keeper_phase which) const noexcept;
    [[nodiscard]] bool is_stopping() const noexcept { return phase_ != keeper_phase::running; }
    /// When the stop began; unset while running.
    [[nodiscard]] std::optional<time> stop_began() const noexcept {
        return is_stopping() ? std::optional(stop_at_) : std::nullopt;
    }
    /// The moment of SIGKILL. Only while stopping.
    [[nodiscard]] time kill_at() const noexcept { return kill_at_; }
    /// A stop was asked for by a signal, and the tree ended without SIGKILL.
    [[nodiscard]] bool stopped_in_time() const noexcept;
    [[nodiscard]] bool killed() const noexcept { return entered_[killing_].has_value(); }

private:
    static constexpr auto killing_ = static_cast<std::size_t>(keeper_phase::killing);

    void enter(keeper_phase next, time now) noexcept;
    void begin(time now, keeper_cause cause) noexcept;
    void look(time now) noexcept;
    void act(keeper_action what) noexcept;
    [[nodiscard]] time announced_at() const noexcept;
    [[nodiscard]] actions out() noexcept;

    keeper_plan plan_;
    keeper_phase phase_ = keeper_phase::running;
    keeper_cause cause_ = keeper_cause::none;
    time stop_at_{0};
    time kill_at_{0};
    time end_at_{0};
    bool launched_ = false;
    bool main_gone_ = false;
    bool empty_ = false;
    bool pre_stop_runs_ = false;
    bool by_signal_ = false;
    int stop_signals_ = 0;
    std::array<std::optional<time>, 6> entered_{};
    std::array<keeper_action, 8> actions_{};
    std::size_t action_count_ = 0;
};

}  // namespace lastcall::core
