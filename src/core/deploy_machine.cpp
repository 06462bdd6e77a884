#include "core/deploy_machine.hpp"

#include <algorithm>

#include <lastcall/duration.hpp>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

/// A steering back that has failed is tried again so soon.
constexpr std::chrono::nanoseconds steer_pause = 1s;

bool is_before_the_cut(deploy_state value) {
    return value == deploy_state::approved || value == deploy_state::spawned ||
           value == deploy_state::ready;
}

}  // namespace

deploy_machine::actions deploy_machine::begin(time now) {
    clear();
    if (state_ != deploy_state::planned) {
        return actions_;
    }
    entered_ = now;
    crossed_.push_back(state_);
    if (terms_.needs_approval) {
        act(deploy_action::ask_approval);
    } else {
        start(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::approved(time now) {
    clear();
    if (state_ == deploy_state::planned && terms_.needs_approval) {
        start(now);
    } else if (waits_for_person_) {
        waits_for_person_ = false;
        let_old_go(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::rejected(time now, std::string_view why) {
    clear();
    if (state_ == deploy_state::planned) {
        reason_ = why;
        enter(deploy_state::rejected, now);
        act(deploy_action::finish);
    } else if (waits_for_person_) {
        go_back(now, why);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::new_started(time now) {
    clear();
    was_started_ = was_started_ || new_lives_;
    if (state_ == deploy_state::approved) {
        enter(deploy_state::spawned, now);
        act(deploy_action::watch_ready);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::new_failed(time now, std::string_view why) {
    clear();
    if (!was_started_) {
        new_lives_ = false;
    }
    if (is_before_the_cut(state_) || state_ == deploy_state::cut ||
        state_ == deploy_state::baking) {
        go_back(now, why);
    } else if (state_ == deploy_state::rolling_back) {
        settle(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::new_ready(time now) {
    clear();
    // Ready before its start is told: the two come from different processes.
    if (state_ == deploy_state::approved) {
        was_started_ = true;
        enter(deploy_state::spawned, now);
    }
    if (state_ == deploy_state::spawned) {
        enter(deploy_state::ready, now);
        move_over(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::steered(time now) {
    clear();
    if (state_ == deploy_state::cut) {
        has_moved(now);
    } else if (state_ == deploy_state::rolling_back && old_lives_) {
        traffic_ = side::to_old;
        settle(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::steer_failed(time now, std::string_view why) {
    clear();
    if (state_ == deploy_state::cut) {
        traffic_ = left_;  // after a crash it may be there already
        go_back(now, why);
    } else if (state_ == deploy_state::rolling_back && traffic_ != side::to_old && old_lives_) {
        steer_again_ = now + std::min(steer_pause, terms_.steer_within);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::bake_failed(time now, std::string_view why) {
    clear();
    if (state_ != deploy_state::baking || waits_for_person_) {
        return actions_;
    }
    if (terms_.rolls_back_by_itself) {
        go_back(now, why);
    } else {
        reason_ = why;
        waits_for_person_ = true;
    }
    return actions_;
}

deploy_machine::actions deploy_machine::new_ended(time now) {
    clear();
    const bool was_there = new_lives_;
    new_lives_ = false;
    if (is_before_the_cut(state_) || state_ == deploy_state::cut) {
        go_back(now, "the new generation ended before it had taken over");
    } else if (state_ == deploy_state::baking) {
        go_back(now, "the new generation ended while it was watched");
    } else if (state_ == deploy_state::rolling_back) {
        settle(now);
    } else if (state_ == deploy_state::draining_old && was_there) {
        reason_ = "the new generation ended while the old one was being stopped";
    }
    return actions_;
}

deploy_machine::actions deploy_machine::old_ended(time now) {
    clear();
    const bool was_there = old_lives_;
    old_lives_ = false;
    if (state_ == deploy_state::draining_old) {
        enter(deploy_state::done, now);
        act(deploy_action::finish);
    } else if (state_ == deploy_state::baking) {
        // No way back: what a person would decide about is gone.
        waits_for_person_ = false;
        let_old_go(now);
    } else if (state_ == deploy_state::rolling_back) {
        if (was_there) {
            reason_ += (reason_.empty() ? "" : "; ");
            reason_ += "the old generation has ended, too";
        }
        settle(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::old_started(time now) {
    clear();
    if (old_lives_ || is_final(state_) || state_ == deploy_state::draining_old) {
        return actions_;
    }
    old_lives_ = true;
    if (state_ == deploy_state::rolling_back && traffic_ != side::to_old) {
        steer_back(now);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::abort(time now, std::string_view why) {
    clear();
    if (state_ == deploy_state::planned) {
        reason_ = why;
        enter(deploy_state::rejected, now);
        act(deploy_action::finish);
    } else if (can_abort()) {
        go_back(now, why);
    }
    return actions_;
}

deploy_machine::actions deploy_machine::passed(time now) {
    clear();
    const auto wake = next_wake();
    if (!wake || now < *wake) {
        return actions_;
    }
    switch (state_) {
        case deploy_state::planned:
            reason_ = "nobody approved it within " + to_text(terms_.approve_within);
            enter(deploy_state::rejected, now);
            act(deploy_action::finish);
            break;
        case deploy_state::approved:
            go_back(now, "it was not started within " + to_text(terms_.ready_within));
            break;
        case deploy_state::spawned:
            go_back(now, "it was not ready within " + to_text(terms_.ready_within));
            break;
        case deploy_state::cut:
            go_back(now, "new connections were not confirmed to go to it within " +
                             to_text(terms_.steer_within));
            break;
        case deploy_state::baking:
            let_old_go(now);
            break;
        case deploy_state::rolling_back:
            steer_back(now);
            break;
        default:
            break;
    }
    return actions_;
}

void deploy_machine::new_needs(time now, time by) noexcept {
    if (state_ == deploy_state::spawned) {
        terms_.ready_within = std::max(terms_.ready_within, now - entered_ + by);
    }
}

std::optional<deploy_machine::time> deploy_machine::next_wake() const noexcept {
    switch (state_) {
        case deploy_state::planned:
            return terms_.needs_approval ? std::optional(entered_ + terms_.approve_within)
                                         : std::nullopt;
        case deploy_state::approved:
        case deploy_state::spawned:
            return entered_ + terms_.ready_within;
        case deploy_state::cut:
            return entered_ + terms_.steer_within;
        case deploy_state::baking:
            return waits_for_person_ ? std::nullopt : std::optional(entered_ + terms_.bake_for);
        case deploy_state::rolling_back:
            return traffic_ != side::to_old && old_lives_ ? std::optional(steer_again_)
                                                          : std::nullopt;
        default:
            return std::nullopt;
    }
}

bool deploy_machine::can_abort() const noexcept {
    return state_ == deploy_state::planned || is_before_the_cut(state_) ||
           state_ == deploy_state::cut || state_ == deploy_state::baking;
}

}  // namespace lastcall::core
