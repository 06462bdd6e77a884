#include "core/keeper_machine.hpp"

#include <algorithm>

namespace lastcall::core {

using namespace std::chrono_literals;

std::string_view to_string(keeper_phase value) noexcept {
    switch (value) {
        case keeper_phase::running:
            return "running";
        case keeper_phase::announcing:
            return "announcing";
        case keeper_phase::stopping_main:
            return "stopping_main";
        case keeper_phase::stopping_rest:
            return "stopping_rest";
        case keeper_phase::killing:
            return "killing";
        case keeper_phase::ended:
            return "ended";
    }
    return "?";
}

std::string_view to_string(keeper_cause value) noexcept {
    switch (value) {
        case keeper_cause::none:
            return "none";
        case keeper_cause::signal:
            return "signal";
        case keeper_cause::main_exited:
            return "main_exited";
        case keeper_cause::ready_timeout:
            return "ready_timeout";
    }
    return "?";
}

std::chrono::nanoseconds usual_reserve(std::chrono::nanoseconds grace) noexcept {
    return std::min(std::max<std::chrono::nanoseconds>(500ms, grace / 20), grace / 2);
}

keeper_machine::actions keeper_machine::launched(time now) noexcept {
    action_count_ = 0;
    launched_ = true;
    look(now);
    return out();
}

keeper_machine::actions keeper_machine::stop_asked(time now, keeper_cause cause) noexcept {
    action_count_ = 0;
    if (cause == keeper_cause::signal) {
        by_signal_ = true;
        ++stop_signals_;
    }
    if (phase_ == keeper_phase::running) {
        begin(now, cause);
    } else if (phase_ < keeper_phase::killing && cause == keeper_cause::signal) {
        if (stop_signals_ > 2) {
            kill_at_ = now;
        } else if (stop_signals_ == 2) {
            kill_at_ = std::min(kill_at_, now + plan_.reserve);
            if (phase_ == keeper_phase::stopping_main) {
                act(keeper_action::signal_main_again);
            }
        }
        end_at_ = std::min(end_at_, kill_at_ + plan_.reserve);
    }
    look(now);
    return out();
}

keeper_machine::actions keeper_machine::pre_stop_ended(time now) noexcept {
    action_count_ = 0;
    pre_stop_runs_ = false;
    look(now);
    return out();
}

keeper_machine::actions keeper_machine::reaped(time now, bool main_gone, bool empty) noexcept {
    action_count_ = 0;
    main_gone_ = main_gone_ || main_gone;
    empty_ = empty;
    if (main_gone_ && phase_ == keeper_phase::running) {
        begin(now, keeper_cause::main_exited);
    }
    look(now);
    return out();
}

keeper_machine::actions keeper_machine::extended(time now, time by) noexcept {
    action_count_ = 0;
    // After a second stop signal somebody is in a hurry, and no extension counts.
    if (is_stopping() && phase_ < keeper_phase::killing && stop_signals_ < 2) {
        end_at_ = std::max(end_at_, now + by);
        kill_at_ = std::max(kill_at_, end_at_ - plan_.reserve);
    }
    look(now);
    return out();
}

keeper_machine::actions keeper_machine::passed(time now) noexcept {
    action_count_ = 0;
    look(now);
    return out();
}

std::optional<keeper_machine::time> keeper_machine::next_wake() const noexcept {
    switch (phase_) {
        case keeper_phase::running:
        case keeper_phase::ended:
            return std::nullopt;
        case keeper_phase::announcing:
            return launched_ ? std::min(announced_at(), kill_at_) : kill_at_;
        case keeper_phase::stopping_main:
        case keeper_phase::stopping_rest:
            return kill_at_;
        case keeper_phase::killing:
            return end_at_;
    }
    return std::nullopt;
}

std::optional<keeper_machine::time> keeper_machine::entered(keeper_phase which) const noexcept {
    return entered_[static_cast<std::size_t>(which)];
}

bool keeper_machine::stopped_in_time() const noexcept {
    return by_signal_ && phase_ == keeper_phase::ended && empty_ && !killed();
}

void keeper_machine::begin(time now, keeper_cause cause) noexcept {
    cause_ = cause;
    stop_at_ = now;
    end_at_ = now + plan_.grace;
    kill_at_ = end_at_ - plan_.reserve;
    // There is nobody left to be announced to when the main program has already gone.
    if (!main_gone_) {
        enter(keeper_phase::announcing, now);
        if (plan_.has_pre_stop) {
            pre_stop_runs_ = true;
            act(keeper_action::begin_announcing);
        }
    }
}

/// Leaves every phase whose condition holds.
void keeper_machine::look(time now) noexcept {
    if (phase_ == keeper_phase::running && cause_ == keeper_cause::none) {
        return;
    }
    // A program that is not launched yet is neither announced nor signalled, but it can
    // be killed.
    if (phase_ == keeper_phase::announcing && launched_) {
        const bool is_hurried = stop_signals_ > 1 || now >= kill_at_;
        if (main_gone_ || is_hurried || now >= announced_at()) {
            if (pre_stop_runs_) {
                pre_stop_runs_ = false;
                act(keeper_action::end_announcing);
            }
            if (!main_gone_) {
                enter(keeper_phase::stopping_main, now);
                act(keeper_action::signal_main);
            }
        }
    }
    if (main_gone_ && phase_ < keeper_phase::stopping_rest) {
        enter(keeper_phase::stopping_rest, now);
        if (!empty_) {
            act(keeper_action::signal_rest);
        }
    }
    if (phase_ < keeper_phase::killing && now >= kill_at_ && !empty_) {
        if (pre_stop_runs_) {
            pre_stop_runs_ = false;
            act(keeper_action::end_announcing);
        }
        enter(keeper_phase::killing, now);
        act(keeper_action::report);
        act(keeper_action::kill_all);
    }
    const bool is_out_of_time = phase_ == keeper_phase::killing && now >= end_at_;
    if (phase_ != keeper_phase::ended && ((main_gone_ && empty_) || is_out_of_time)) {
        enter(keeper_phase::ended, now);
        act(keeper_action::finish);
    }
}

/// When announcing ends: after the delay, and a pre-stop command that still runs then may
/// take half of the time at most; the other half is the main program's.
keeper_machine::time keeper_machine::announced_at() const noexcept {
    if (!pre_stop_runs_) {
        return stop_at_ + plan_.delay;
    }
    return stop_at_ + std::max(plan_.delay, (plan_.grace - plan_.reserve) / 2);
}

void keeper_machine::enter(keeper_phase next, time now) noexcept {
    phase_ = next;
    entered_[static_cast<std::size_t>(next)] = now;
}

void keeper_machine::act(keeper_action what) noexcept {
    if (action_count_ < actions_.size()) {
        actions_[action_count_++] = what;
    }
}

keeper_machine::actions keeper_machine::out() noexcept { return {actions_.data(), action_count_}; }

}  // namespace lastcall::core
