#include "drill/sequence/stop_machine.hpp"

#include <algorithm>

namespace lastcall::drill {

std::vector<action> stop_machine::tell(const happening& what) {
    if (is_over_) {
        return {};
    }
    if (what.what != happening::kind::time_passed) {
        on(what);
        return std::exchange(out_, {});
    }
    for (;;) {
        const auto due = std::min_element(
            timers_.begin(), timers_.end(),
            [](const auto& one, const auto& other) { return one.second < other.second; });
        if (is_over_ || due == timers_.end() || due->second > what.now) {
            return std::exchange(out_, {});
        }
        const timer which = due->first;
        timers_.erase(due);
        if (which == timer::routes) {
            act({.what = action::kind::withdraw_routes, .at = mark::routes_withdrawn});
        } else if (which == timer::second) {
            act({.what = action::kind::send,
                 .signals = {{second_to(), *plan_.second_signal}},
                 .at = mark::second_signal});
        } else {
            on_timer(which, what.now);
        }
    }
}

std::optional<std::chrono::nanoseconds> stop_machine::deadline() const {
    std::optional<ns> earliest;
    for (const auto& [which, at] : timers_) {
        earliest = earliest ? std::min(*earliest, at) : at;
    }
    return is_over_ ? std::nullopt : earliest;
}

void stop_machine::set(timer which, ns now, ns after) {
    clear(which);
    if (after < ns::max() - now) {
        timers_.emplace_back(which, now + after);
    }
}

void stop_machine::clear(timer which) {
    std::erase_if(timers_, [which](const auto& one) { return one.first == which; });
}

std::optional<std::chrono::nanoseconds> stop_machine::time_of(timer which) const {
    for (const auto& [one, at] : timers_) {
        if (one == which) {
            return at;
        }
    }
    return std::nullopt;
}

bool stop_machine::plan_routes(ns now) {
    const bool at_once = plan_.route_lag == ns::zero();
    if (!at_once) {
        set(timer::routes, now, plan_.route_lag);
    }
    return at_once;
}

void stop_machine::plan_second_signal(ns now) {
    if (plan_.second_signal) {
        set(timer::second, now, plan_.second_after);
    }
}

void stop_machine::run_out_of_grace(sending::whom to, ns now) {
    if (is_killed_) {
        end("it is still there 10 s after SIGKILL");
        return;
    }
    is_killed_ = true;
    clear(timer::second);
    act({.what = action::kind::send, .signals = {{to, sigkill}}, .at = mark::killed});
    set(timer::grace, now, patience_after_kill);
}

void stop_machine::end(std::string note) {
    act({.what = action::kind::end, .note = std::move(note)});
    is_over_ = true;
}

std::unique_ptr<stop_machine> make_stop_machine(const sequence_plan& plan,
                                                const std::vector<std::string>& own_stop) {
    switch (plan.kind) {
        case sequence_kind::reload:
            return make_event_machine(plan);
        case sequence_kind::rolling:
            return plan.event.empty() ? make_signal_machine(plan) : make_event_machine(plan);
        case sequence_kind::crash:
            return make_signal_machine(plan);
        case sequence_kind::plain:
            if (!plan.event.empty()) {
                return make_event_machine(plan);
            }
            break;
        default:
            break;
    }
    if (!plan.event.empty()) {
        return make_external_machine(plan, plan.event);
    }
    if (!own_stop.empty() && plan.kind != sequence_kind::kubernetes) {
        return make_external_machine(plan, own_stop);
    }
    switch (plan.kind) {
        case sequence_kind::systemd:
            return make_systemd_machine(plan);
        case sequence_kind::kubernetes:
            return make_kubernetes_machine(plan);
        default:
            return make_signal_machine(plan);
    }
}

}  // namespace lastcall::drill
