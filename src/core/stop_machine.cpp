#include "core/stop_machine.hpp"

#include <algorithm>
#include <utility>

#include "core/grace.hpp"

namespace lastcall::core {

using lastcall::result;
using lastcall::state;

result step_trace::result() const noexcept {
    if (!end) {
        return lastcall::result::abandoned;
    }
    if (forced) {
        return lastcall::result::forced;
    }
    return failed ? lastcall::result::failed : lastcall::result::clean;
}

stop_settings within(stop_settings own, duration deadline) {
    const bool is_over = deadline <= least_time;
    own.deadline = std::min(own.deadline, deadline);
    own.force_window = is_over ? deadline : std::min(own.force_window, deadline / 10);
    return own;
}

stop_machine::stop_machine(const plan& order, stop_settings settings)
    : plan_(order),
      settings_(settings),
      drains_(order.parts().size()),
      closes_(order.parts().size()) {}

std::vector<action> stop_machine::begin(time_point now, bool was_ready) {
    requested_ = now;
    deadline_ = now + settings_.deadline;
    force_at_ = deadline_ - settings_.force_window;
    const duration spare = force_at_ - now - plan_.minimum();
    const duration most = std::min(settings_.duck_max, spare);
    if (was_ready && most > duration::zero()) {
        duck_start_ = now;
        duck_end_ = now + most;
        duck_check_ = std::min(duck_end_, now + std::max(settings_.duck_min, settings_.duck_quiet));
        enter(state::lame_duck);
    } else {
        enter(state::draining);
        advance(now);
    }
    return take();
}

std::vector<action> stop_machine::step_ended(std::size_t part, step_kind kind, bool failed,
                                             time_point now) {
    step_state& s = at(part, kind);
    if (s.at == phase::running || s.at == phase::given_up) {
        traces_[s.trace].end = now;
        traces_[s.trace].failed = failed;
        end(part, kind);
        advance(now);
    }
    return take();
}

std::vector<action> stop_machine::hurry(time_point now) {
    if (state_ == state::starting || finished()) {
        return {};
    }
    deadline_ = std::min(deadline_, now + settings_.force_window);
    force_everything(now);
    advance(now);
    return take();
}

void stop_machine::shorten(time_point deadline, time_point now) {
    if (state_ == state::starting || finished() || deadline >= deadline_) {
        return;
    }
    settings_ = within(settings_, deadline - now);
    deadline_ = deadline;
    force_at_ = std::min(force_at_, deadline_ - settings_.force_window);
    duck_end_ = std::min(duck_end_, force_at_ - plan_.minimum());
    duck_check_ = std::min(duck_check_, duck_end_);
    for (auto* list : {&drains_, &closes_}) {
        for (step_state& s : *list) {
            s.force_at = std::min(s.force_at, force_at_);
            s.give_up_at = std::min(s.give_up_at, deadline_);
        }
    }
}

std::vector<action> stop_machine::tick(time_point now, time_point last_arrival) {
    if (state_ == state::lame_duck) {
        const time_point quiet_at = std::max(last_arrival, duck_start_) + settings_.duck_quiet;
        const time_point earliest = std::max(quiet_at, duck_start_ + settings_.duck_min);
        if (now >= duck_end_ || now >= earliest) {
            enter(state::draining);
            advance(now);
        } else {
            duck_check_ = std::min(duck_end_, earliest);
        }
    }
    if (!forcing_ && now >= force_at_ && !finished() && state_ != state::starting) {
        force_everything(now);
    }
    for (std::size_t i = 0; i < plan_.parts().size(); ++i) {
        for (const step_kind kind : {step_kind::drain, step_kind::close}) {
            if (at(i, kind).at != phase::running) {
                continue;
            }
            if (!forcing_ && now >= at(i, kind).force_at) {
                force(i, kind, now);
            }
            if (now >= at(i, kind).give_up_at) {
                give_up(i, kind);
            }
        }
    }
    advance(now);
    return take();
}

std::optional<time_point> stop_machine::next_tick() const noexcept {
    if (finished() || state_ == state::starting) {
        return std::nullopt;
    }
    std::optional<time_point> next;
    const auto consider = [&](time_point t) { next = next ? std::min(*next, t) : t; };
    if (state_ == state::lame_duck) {
        consider(duck_check_);
    }
    if (!forcing_) {
        consider(force_at_);
    }
    for (const auto* list : {&drains_, &closes_}) {
        for (const step_state& s : *list) {
            if (s.at == phase::running) {
                consider(forcing_ || traces_[s.trace].forced ? s.give_up_at : s.force_at);
            }
        }
    }
    return next;
}

result stop_machine::result() const noexcept {
    auto worst = lastcall::result::clean;
    for (const step_trace& t : traces_) {
        worst = std::max(worst, t.result());
    }
    return worst;
}

stop_machine::step_state& stop_machine::at(std::size_t part, step_kind kind) {
    return kind == step_kind::drain ? drains_[part] : closes_[part];
}

const stop_machine::step_state& stop_machine::at(std::size_t part, step_kind kind) const {
    return kind == step_kind::drain ? drains_[part] : closes_[part];
}

void stop_machine::enter(lastcall::state next) {
    state_ = next;
    out_.push_back({.what = action::kind::enter_state, .state = next});
}

void stop_machine::advance(time_point now) {
    if (state_ == state::lame_duck || state_ == state::starting || finished()) {
        return;
    }
    start_what_can(now);
    if (state_ == state::draining && all_drains_over()) {
        enter(state::closing);
        start_what_can(now);
    }
    if (all_ended()) {
        enter(state::stopped);
    }
}

// Steps that do not exist end at once, which may free others: repeat until nothing moves.
void stop_machine::start_what_can(time_point now) {
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t i = 0; i < plan_.parts().size(); ++i) {
            for (const step_kind kind : {step_kind::drain, step_kind::close}) {
                const bool ready = kind == step_kind::drain ? may_drain(i) : may_close(i);
                if (at(i, kind).at == phase::waiting && ready) {
                    start(i, kind, now);
                    moved = true;
                }
            }
        }
    }
}

void stop_machine::start(std::size_t part, step_kind kind, time_point now) {
    step_state& s = at(part, kind);
    if (!plan_.step(part, kind).present) {
        end(part, kind);
        return;
    }
    s.at = phase::running;
    s.trace = traces_.size();
    const duration share = forcing_ ? deadline_ - now : plan_.share(part, kind, force_at_ - now);
    const time_point share_end = now + share;
    if (forcing_ || !somebody_waits_for(part, kind)) {
        s.force_at = force_at_;
        s.give_up_at = deadline_;
    } else {
        s.force_at = share_end - std::min(settings_.force_window, share / 4);
        s.give_up_at = share_end;
    }
    traces_.push_back({.part = part, .kind = kind, .start = now, .share_end = share_end});
    out_.push_back({.what = action::kind::start, .part = part, .step = kind, .limit = s.force_at});
    if (forcing_ && kind == step_kind::drain) {
        force(part, kind, now);
    }
}

void stop_machine::force(std::size_t part, step_kind kind, time_point) {
    step_trace& t = traces_[at(part, kind).trace];
    if (!t.forced) {
        t.forced = true;
        out_.push_back({.what = action::kind::force, .part = part});
    }
}

void stop_machine::give_up(std::size_t part, step_kind kind) {
    step_state& s = at(part, kind);
    s.at = phase::given_up;
    traces_[s.trace].given_up = true;
    out_.push_back({.what = action::kind::give_up, .part = part, .step = kind});
}

void stop_machine::end(std::size_t part, step_kind kind) { at(part, kind).at = phase::ended; }

// Draining only refuses new work, so it may go on beside users that were given up. When
// forcing it waits for nobody.
bool stop_machine::may_drain(std::size_t part) const {
    const auto& users = plan_.parts()[part].users;
    return forcing_ || std::all_of(users.begin(), users.end(), [this](std::size_t user) {
               return drains_[user].at >= phase::given_up;
           });
}

// Closing destroys, so every user must really have ended.
bool stop_machine::may_close(std::size_t part) const {
    const auto& users = plan_.parts()[part].users;
    return (state_ == state::closing || (forcing_ && all_drains_over())) &&
           drains_[part].at == phase::ended &&
           std::all_of(users.begin(), users.end(), [this](std::size_t user) {
               return drains_[user].at == phase::ended && closes_[user].at == phase::ended;
           });
}

// Something that exists comes after it on its path.
bool stop_machine::somebody_waits_for(std::size_t part, step_kind kind) const {
    return plan_.path_from(part, kind).weight > plan_.step(part, kind).weight;
}

bool stop_machine::all_drains_over() const {
    return std::all_of(drains_.begin(), drains_.end(),
                       [](const step_state& s) { return s.at >= phase::given_up; });
}

bool stop_machine::all_ended() const {
    const auto ended = [](const step_state& s) { return s.at == phase::ended; };
    return std::all_of(drains_.begin(), drains_.end(), ended) &&
           std::all_of(closes_.begin(), closes_.end(), ended);
}

void stop_machine::force_everything(time_point now) {
    if (forcing_) {
        return;
    }
    forcing_ = true;
    force_at_ = std::min(force_at_, now);
    enter(state::forcing);
    for (std::size_t i = 0; i < plan_.parts().size(); ++i) {
        for (const step_kind kind : {step_kind::drain, step_kind::close}) {
            if (at(i, kind).at == phase::running || at(i, kind).at == phase::given_up) {
                force(i, kind, now);
                at(i, kind).give_up_at = deadline_;
            }
        }
    }
}

std::vector<action> stop_machine::take() { return std::exchange(out_, {}); }

}  // namespace lastcall::core
