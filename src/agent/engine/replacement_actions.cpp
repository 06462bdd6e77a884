// What a replacement does when the machine says so.
#include <limits>

#include "agent/engine/replacement.hpp"
#include "agent/engine/service.hpp"

namespace lastcall::agent {

using core::deploy_action;
using namespace std::chrono_literals;

void replacement::carry_out(deploy_action what) {
    switch (what) {
        case deploy_action::ask_approval:
            view_.expires = view_.asked + terms_.approve_within;
            break;
        case deploy_action::start_new:
            return start_new();
        case deploy_action::watch_ready:
            return watch_ready();
        case deploy_action::steer_to_new:
            return steer(view_.to);
        case deploy_action::steer_to_old:
            return steer(view_.from);
        case deploy_action::begin_bake:
            return begin_bake();
        case deploy_action::stop_new:
            waits_ready_ = false;
            readiness_.reset();
            bake_.clear();
            return tell_to_stop(view_.to);
        case deploy_action::stop_old:
            bake_.clear();
            return tell_to_stop(view_.from);
        case deploy_action::promote:
            return service_.promote(view_.to);
        case deploy_action::finish:
            timer_.cancel();
            return later([this] { service_.replacement_is_over(); });  // the end of this object
    }
}

void replacement::start_new() {
    service_.start_generation(service_.made(view_.to),
                              while_alive(alive_, [this](const std::string& problem) {
                                  step(problem.empty() ? machine_.new_started(boot_now())
                                                       : machine_.new_failed(boot_now(), problem));
                              }));
}

void replacement::watch_ready() {
    using kind = check_spec::kind;
    waits_ready_ = true;
    check_spec check = service_.made(view_.to).spec.ready;
    if (check.how == kind::notify) {
        return generation_notified(view_.to);
    }
    if (check.how == kind::automatic) {
        check.how = service_.ways_to(view_.to).address.empty() ? kind::none : kind::tcp;
    }
    ask_until_ready(check);
    generation_notified(view_.to);
}

void replacement::ask_until_ready(check_spec check) {
    check.failures = std::numeric_limits<unsigned>::max();  // the machine knows how long
    readiness_ = std::make_unique<probe>(
        host_.loop, host_.aside, check, service_.ways_to(view_.to),
        probe::events{.passed = [this] { became_ready(); }, .failed = [](const std::string&) {}});
}

/// Who says so is ready, if it also takes connections: a program that has bound another address
/// than the one it was meant to would get all of them, and answer none.
void replacement::generation_notified(std::int64_t number) {
    using kind = check_spec::kind;
    if (number != view_.to || !waits_ready_ || !service_.made(number).is_ready) {
        return;
    }
    const auto how = service_.made(number).spec.ready.how;
    const bool has_address = !service_.ways_to(number).address.empty();
    if (how == kind::notify && has_address && !readiness_) {
        check_spec accepts;
        accepts.how = kind::tcp;
        accepts.interval = 20ms;
        ask_until_ready(accepts);
    } else if (!has_address && (how == kind::notify || how == kind::automatic)) {
        became_ready();
    }
}

void replacement::generation_needs(std::int64_t number, std::chrono::nanoseconds by) {
    if (number == view_.to && waits_ready_) {
        machine_.new_needs(boot_now(), by);
        arm_timer();
    }
}

void replacement::became_ready() {
    if (!std::exchange(waits_ready_, false)) {
        return;
    }
    ready_ = boot_now();
    later([this] {
        readiness_.reset();  // not from within its own callback
        auto& one = service_.made(view_.to);
        one.is_ready = true;
        one.ready_after = ready_ - one.started;
        step(machine_.new_ready(ready_));
        service_.write_ready(one);  // after the step: it need not wait for this row
    });
}

void replacement::steer(std::int64_t to) {
    const auto ready = to == view_.to ? ready_ : 0ns;
    service_.steer(to, ready,
                   while_alive(alive_, [this, mine = ++steerings_](const std::string& problem) {
                       if (mine != steerings_) {
                           return;
                       }
                       step(problem.empty() ? machine_.steered(boot_now())
                                            : machine_.steer_failed(boot_now(), problem));
                   }));
}

void replacement::begin_bake() {
    using kind = check_spec::kind;
    const auto& spec = service_.made(view_.to).spec;
    auto checks = spec.deploy.bake_checks;
    if (checks.empty() && (spec.ready.how == kind::http || spec.ready.how == kind::tcp)) {
        checks = {spec.ready};
    }
    for (const auto& check : checks) {
        bake_.push_back(std::make_unique<probe>(
            host_.loop, host_.aside, check, service_.ways_to(view_.to),
            probe::events{.passed = [] {},
                          .failed =
                              [this](const std::string& why) {
                                  later(
                                      [this, why] { step(machine_.bake_failed(boot_now(), why)); });
                              }}));
    }
}

void replacement::tell_to_stop(std::int64_t number) {
    auto* one = service_.find(number);
    if (one == nullptr || !one->lives) {
        return later([this, number] { generation_exited(number, "is gone"); });
    }
    if (!told_to_stop_.insert(number).second) {
        return;  // after a resume it is asked for again
    }
    service_.empty(number, number == view_.from ? view_.to : view_.from,
                   while_alive(alive_, [this, number](const std::string&) {
                       auto* now = service_.find(number);
                       // Its exit was told, or somebody has stopped the whole service.
                       if (now != nullptr && now->lives && !now->is_stopping) {
                           service_.tell_to_stop(*now,
                                                 number == view_.from ? "deploy" : "rollback");
                       }
                   }));
}

}  // namespace lastcall::agent
