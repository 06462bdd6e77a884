// What the deploy machine does between two events: forward, back, and after a crash.
#include <algorithm>

#include "core/deploy_machine.hpp"

namespace lastcall::core {

void deploy_machine::clear() noexcept {
    actions_.clear();
    crossed_.clear();
}

void deploy_machine::act(deploy_action what) { actions_.push_back(what); }

void deploy_machine::enter(deploy_state next, time now) {
    if (next != state_) {
        crossed_.push_back(next);
    }
    state_ = next;
    entered_ = now;
}

void deploy_machine::start(time now) {
    enter(deploy_state::approved, now);
    new_lives_ = true;
    act(deploy_action::start_new);
}

void deploy_machine::move_over(time now) {
    enter(deploy_state::cut, now);
    left_ = traffic_;
    traffic_ = side::unknown;
    act(deploy_action::steer_to_new);
}

void deploy_machine::has_moved(time now) {
    traffic_ = side::to_new;
    if (old_lives_ && terms_.bake_for > time::zero()) {
        enter(deploy_state::baking, now);
        act(deploy_action::begin_bake);
    } else {
        let_old_go(now);
    }
}

void deploy_machine::let_old_go(time now) {
    // Promoted before the old one is told to stop: from here on a crash goes forward only.
    act(deploy_action::promote);
    if (old_lives_) {
        enter(deploy_state::draining_old, now);
        act(deploy_action::stop_old);
    } else {
        enter(deploy_state::done, now);
        act(deploy_action::finish);
    }
}

void deploy_machine::go_back(time now, std::string_view why) {
    reason_ = why;
    waits_for_person_ = false;
    enter(deploy_state::rolling_back, now);
    if (traffic_ != side::to_old && old_lives_) {
        steer_back(now);
    } else {
        settle(now);
    }
}

void deploy_machine::steer_back(time now) {
    traffic_ = side::unknown;
    steer_again_ = now + terms_.steer_within;
    act(deploy_action::steer_to_old);
}

/// While rolling back: does what can be done next, once.
void deploy_machine::settle(time now) {
    if (traffic_ != side::to_old && old_lives_) {
        return;
    }
    if (!new_lives_) {
        enter(deploy_state::rolled_back, now);
        act(deploy_action::finish);
    } else if (!new_is_stopping_) {
        new_is_stopping_ = true;
        act(deploy_action::stop_new);
    }
}

deploy_machine deploy_machine::resume(const deploy_terms& terms, deploy_state state, time entered,
                                      const deploy_sight& sight, time now,
                                      std::string_view reason) {
    deploy_machine made(terms);
    made.state_ = state;
    made.entered_ = std::min(entered, now);
    made.reason_ = reason;
    made.was_started_ = sight.new_lives || sight.new_has_ended;
    made.new_lives_ = sight.new_lives;
    made.old_lives_ = sight.old_lives;
    // From `spawned` on a steering may have been asked for: who was ready got it without another
    // record.
    const bool may_have_moved = state == deploy_state::spawned || state == deploy_state::ready ||
                                state == deploy_state::cut || state == deploy_state::baking ||
                                state == deploy_state::rolling_back ||
                                sight.steered == side::to_new;
    made.traffic_ = may_have_moved ? sight.steered : side::to_old;

    switch (state) {
        case deploy_state::planned:
            if (terms.needs_approval) {
                made.act(deploy_action::ask_approval);
            } else {
                made.start(now);
            }
            break;
        case deploy_state::approved:
        case deploy_state::spawned:
            made.resume_start(sight, now);
            break;
        case deploy_state::ready:
        case deploy_state::cut:
        case deploy_state::baking:
            made.resume_moved(sight, now);
            break;
        case deploy_state::draining_old:
            made.let_old_go(now);
            break;
        case deploy_state::rolling_back:
            if (made.traffic_ != side::to_old && made.old_lives_) {
                made.steer_back(now);
            } else {
                made.settle(now);
            }
            break;
        case deploy_state::done:
            made.act(deploy_action::promote);
            made.act(deploy_action::finish);
            break;
        case deploy_state::rolled_back:
        case deploy_state::rejected:
            made.act(deploy_action::finish);
            break;
    }
    return made;
}

deploy_machine::actions deploy_machine::resumed() noexcept { return actions_; }

/// What runs is waited for, within what is left of its time. If it has the traffic, it was ready
/// once, and is asked again all the same: it is steered to anew, or the traffic goes back.
void deploy_machine::resume_start(const deploy_sight& sight, time now) {
    if (sight.new_lives && sight.new_is_ready) {
        enter(deploy_state::ready, now);
        move_over(now);
    } else if (sight.new_lives) {
        if (state_ == deploy_state::approved) {
            enter(deploy_state::spawned, entered_);
        }
        act(deploy_action::watch_ready);
    } else if (state_ == deploy_state::approved && !sight.new_has_ended) {
        new_lives_ = true;
        act(deploy_action::start_new);
    } else {
        go_back(now, "the new generation ended while no agent was there");
    }
}

void deploy_machine::resume_moved(const deploy_sight& sight, time now) {
    const bool is_confirmed = sight.new_lives && sight.new_is_ready;
    const bool is_alone = sight.new_lives && !sight.old_lives;
    if (state_ == deploy_state::baking && is_alone) {
        let_old_go(now);  // it was confirmed before, and there is no way back
    } else if (state_ == deploy_state::baking && is_confirmed && traffic_ == side::to_new) {
        entered_ = now;
        waits_for_person_ = sight.waits_for_person;
        if (!waits_for_person_) {
            act(deploy_action::begin_bake);
        }
    } else if (state_ == deploy_state::cut && is_confirmed && traffic_ == side::to_new) {
        has_moved(now);
    } else if (state_ != deploy_state::baking && is_confirmed &&
               (traffic_ == side::to_old || is_alone)) {
        move_over(now);
    } else if (!sight.new_lives) {
        go_back(now, "the new generation ended while no agent was there");
    } else if (!sight.new_is_ready) {
        go_back(now, "the new generation was not ready when the agent came back");
    } else {
        go_back(now, "the agent ended in the middle, and new connections do not go to it");
    }
}

}  // namespace lastcall::core
