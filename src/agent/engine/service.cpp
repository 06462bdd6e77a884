#include "agent/engine/service.hpp"

#include <algorithm>

#include "agent/config/spec_words.hpp"
#include "agent/engine/version.hpp"

namespace lastcall::agent {

using core::deploy_state;
using namespace std::chrono_literals;

service::service(host& at, service_spec spec)
    : host_(at), spec_(std::move(spec)), policy_(spec_.restart), restart_timer_(at.loop) {}

service::~service() = default;

void service::row(std::string kind, std::int64_t generation, nlohmann::json fields,
                  const actor& who) {
    host_.note({.kind = std::move(kind),
                .service = name(),
                .generation = generation,
                .deploy = replacement_ ? replacement_->view().number : 0,
                .who = who,
                .fields = std::move(fields)});
}

void service::write_wish(const actor& who) {
    row("service_state", current_, {{"wanted", is_wanted_}, {"last_generation", last_number_}},
        who);
}

void service::stop(const actor& who) {
    is_wanted_ = false;
    waits_restart_ = false;
    restart_timer_.cancel();
    life_.reset();
    write_wish(who);
    if (traffic_) {
        traffic_->hold_at(nullptr);
    }
    // One that is too late to be taken back ends with what it waits for.
    if (!replacement_ || !replacement_->abort(who.text() + " stopped the service")) {
        stop_living(who);
    } else {
        row("stop_asked", current_, {{"how", "api"}, {"grace_ms", spec_.stop.grace / 1ms}}, who);
    }
    host_.changed();
}

void service::stop_living(const actor& who) {
    for (auto& [number, one] : generations_) {
        if (one.lives && !one.is_stopping) {
            tell_to_stop(one, "api", who);
        }
    }
}

/// The terms are those of the configuration, whatever they were when the version was started:
/// going back to it must not take an approval away, nor bring back a service that it came after.
void service::use_version(const service_spec& of) {
    const auto terms = std::exchange(spec_, of);
    take_terms(terms);
}

void service::take_terms(const service_spec& from) {
    spec_.restart = from.restart;
    spec_.deploy = from.deploy;
    spec_.live = from.live;
    spec_.after = from.after;
    spec_.log = from.log;
}

void service::set_terms(const service_spec& next) {
    take_terms(next);
    policy_ = core::restart_policy(spec_.restart);
    if (life_ || spec_.live) {
        watch_life();
    }
}

void service::start_first() {
    if (!has_sockets_) {
        return;
    }
    try {
        begin(replacement_kind::start, spec_, {}, "");
    } catch (const std::exception& e) {
        cannot_start(e.what());
    }
}

void service::cannot_start(const std::string& why) {
    has_failed_ = true;
    reason_ = why;
    row("start_refused", 0, {{"reason", why}});
}

void service::set_waiting(std::string why) { waiting_ = std::move(why); }

generation& service::made(std::int64_t number) { return generations_.at(number); }

generation* service::find(std::int64_t number) noexcept {
    const auto found = generations_.find(number);
    return found == generations_.end() ? nullptr : &found->second;
}

generation* service::find_living(std::int64_t number) noexcept {
    auto* one = find(number);
    return one != nullptr && one->lives ? one : nullptr;
}

void service::promote(std::int64_t number) {
    current_ = number;
    use_version(made(number).spec);
    made(number).is_ready = true;  // also where another agent has seen it become so
    write_wish({});
    traffic_->hold_at(&made(number));
    watch_life();
}

void service::write_ready(const generation& one) {
    row("generation_ready", one.number,
        {{"after_ms", one.ready_after.value_or(0ns) / 1ms}, {"how", word_for(one.spec.ready.how)}});
}

void service::replacement_is_over() {
    last_replacement_ = replacement_->view();
    const auto kind = replacement_->kind();
    replacement_.reset();
    forget_gone();
    if (last_replacement_->state == deploy_state::done &&
        (kind == replacement_kind::deploy || kind == replacement_kind::rollback)) {
        // Not after restarts: however many there are, what ran before them can be gone back to.
        forget_versions(host_.where, name(), current_);
    }
    const auto* now = find(current_);
    const bool lives = now != nullptr && now->lives;
    close_surplus_sockets();
    use_switch_for(spec_);
    traffic_->hold_at(lives && is_wanted_ ? now : nullptr);
    if (!is_wanted_) {
        stop_living();
    } else if (!lives && last_replacement_->state != deploy_state::rejected) {
        reason_ = last_replacement_->reason;
        generation gone;
        gone.started = boot_now();
        if (kind == replacement_kind::deploy || kind == replacement_kind::rollback) {
            // What was wanted does not run; what ran before has ended meanwhile.
            restart_after(0ns);
        } else {
            current_ended(gone, true);
        }
    }
    host_.changed();
}

/// Those that have ended, but for the current one and the last that ran before it.
void service::forget_gone() {
    std::erase_if(generations_, [this](const auto& entry) {
        return !entry.second.lives && entry.first != current_;
    });
}

}  // namespace lastcall::agent
