#include "runtime/engine.hpp"

#include <algorithm>

#include "sys/event_fd.hpp"
#include "sys/process/process.hpp"
#include "sys/signal/signals.hpp"

namespace lastcall::runtime {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t changed_tag = ~std::uint64_t{0};  // no part has this number
constexpr auto interim_report_lead = 60ms;

// Somebody who keeps signalling must not make the report grow without end.
constexpr std::size_t requests_kept = 64;

}  // namespace

engine::engine(engine_setup setup, health::impl& health, step_board& board, watchdog& bounds)
    : setup_(std::move(setup)),
      health_(health),
      watchdog_(bounds),
      changed_(sys::make_event()),
      log_(setup_.options.service, setup_.options.log),
      systemd_(health.loops, setup_.grace.source != "systemd"),
      steps_(board, epoll_, changed_.get()),
      reports_(setup_, log_) {
    epoll_.add(changed_.get(), changed_tag);
    requests_.reserve(requests_kept);  // so that noting a signal allocates nothing
    health_.loops_changed = [this] { wake(); };
    const sys::all_signals_blocked blocked;
    thread_ = std::thread([this] { run(); });
}

engine::~engine() { join(); }

void engine::join() noexcept {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            leave_ = true;
        }
        wake();
        thread_.join();
        health_.loops_changed = [] {};
    }
}

void engine::wake() const noexcept { sys::signal_event(changed_.get()); }

void engine::set_ready() {
    const std::lock_guard lock(mutex_);
    if (!stop_at_ && !was_ready_) {
        was_ready_ = true;
        health_.state.store(state::ready);
        systemd_.ready();
    }
}

void engine::begin_running(const std::vector<component>& components, const core::plan& plan) {
    const std::lock_guard lock(mutex_);
    components_ = &components;
    plan_ = &plan;
    wake();
}

void engine::request(stop_request what) noexcept {
    const auto now = clock::now();
    const std::lock_guard lock(mutex_);
    if (!stop_at_) {
        stop_at_ = now;
    }
    what.at = duration_cast<microseconds>(now - *stop_at_);
    interrupts_ += what.reason == stop_reason::sigint ? 1U : 0U;
    if (requests_.size() < requests_kept) {
        requests_.push_back(std::move(what));
    }
    if (!final_report_) {
        watchdog_.arm(*stop_at_ + core::in_force(setup_.grace, requests_).deadline());
    }
    wake();
}

report engine::wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return final_report_.has_value(); });
    return *final_report_;
}

void engine::run() noexcept {
    sys::name_this_thread("lastcall-stop");
    for (;;) {
        for (const std::uint64_t tag : epoll_.wait(next_wake())) {
            if (tag == changed_tag) {
                sys::clear_event(changed_.get());
            }
        }
        {
            const std::lock_guard lock(mutex_);
            if (leave_ || final_report_) {
                return;
            }
        }
        turn();
    }
}

// One round: what came in, what the clock says, what the machine wants.
void engine::turn() {
    take_requests();
    take_news();
    if (machine_) {
        carry_out(machine_->tick(clock::now(), last_arrival()));
        if (!interim_written_ && clock::now() >= machine_->deadline() - interim_report_lead) {
            write_interim_report();
        }
    }
    const auto now = clock::now();
    for (const blocked_loop& loop : health_.loops.beat(now)) {
        log_.write(describe(loop));
    }
    systemd_.tick(
        now, machine_ ? std::optional(machine_->deadline() + setup_.grace.reserve) : std::nullopt);
    if (machine_ && machine_->finished()) {
        finish();
    }
}

std::optional<clock::time_point> engine::next_wake() const {
    std::optional<clock::time_point> next;
    const auto consider = [&](std::optional<clock::time_point> t) {
        next = next && t ? std::min(*next, *t) : (next ? next : t);
    };
    consider(health_.loops.next());
    consider(systemd_.next_tick());
    if (machine_) {
        consider(machine_->next_tick());
        if (!interim_written_) {
            consider(machine_->deadline() - interim_report_lead);
        }
    }
    return next;
}

void engine::take_requests() {
    std::vector<stop_request> fresh;
    std::size_t interrupts = 0;
    bool may_begin = false;
    core::grace grace;
    {
        const std::lock_guard lock(mutex_);
        if (!stop_at_) {
            return;
        }
        log_.begin(*stop_at_);
        fresh.assign(requests_.begin() + static_cast<std::ptrdiff_t>(requests_seen_),
                     requests_.end());
        interrupts = interrupts_;
        may_begin = plan_ != nullptr;
        grace = core::in_force(setup_.grace, requests_);
    }
    for (const stop_request& r : fresh) {
        if (requests_seen_++ == 0) {
            steps_.run_aside("stop:token", [token = stopping_]() mutable { token.request_stop(); });
            log_.write(describe(r) + "; " + to_text(grace.deadline()) + " to stop (" +
                       grace.origin() + ")");
        } else {
            log_.stamped(describe(r) +
                         (interrupts < 2 ? "; noted, the stop goes on" : "; forcing"));
        }
    }
    if (may_begin && !machine_) {
        begin_stop(grace);
    }
    if (machine_ && !fresh.empty()) {
        machine_->shorten(machine_->requested() + grace.deadline(), clock::now());
    }
    if (machine_ && interrupts >= 2 && !hurried_) {
        hurried_ = true;
        carry_out(machine_->hurry(clock::now()));
        watchdog_.arm(machine_->deadline());
    }
}

void engine::begin_stop(const core::grace& grace) {
    clock::time_point since;
    stop_reason reason = stop_reason::none;
    bool was_ready = false;
    {
        const std::lock_guard lock(mutex_);
        since = *stop_at_;
        reason = requests_.front().reason;
        was_ready = was_ready_;
    }
    systemd_.stopping();
    steps_.begin(*components_, reason);
    const bool is_shorter = grace.deadline() < setup_.stop.deadline;
    machine_.emplace(*plan_,
                     is_shorter ? core::within(setup_.stop, grace.deadline()) : setup_.stop);
    carry_out(machine_->begin(since, was_ready));
}

// Until nothing has ended any more: a drain that finds its gates empty ends as it starts.
void engine::take_news() {
    running_steps::news news;
    do {
        news = steps_.take_news();
        for (const running_steps::note& n : news.notes) {
            note(n);
        }
        if (!news.notes.empty()) {
            systemd_.tell_status();
        }
        for (const running_steps::ended& e : news.over) {
            end(e);
        }
    } while (!news.over.empty());
}

void engine::note(const running_steps::note& what) {
    if (what.component.empty()) {
        log_.stamped(what.text);
    } else {
        log_.stamped(what.component + ": " + what.text);
        systemd_.step_said(what.component, what.text);
    }
}

void engine::end(const running_steps::ended& step) {
    const std::string& error = steps_.error_of(step.part, step.kind);
    log_.stamped(name_of(step.part) + " " + word(step.kind) +
                 (step.failed ? " failed after " : " ended after ") +
                 to_text(duration_cast<microseconds>(step.took)) +
                 (error.empty() ? "" : ": " + error));
    systemd_.step_ended(name_of(step.part));
    carry_out(machine_->step_ended(step.part, step.kind, step.failed, clock::now()));
}

void engine::carry_out(const std::vector<core::action>& actions) {
    for (const core::action& a : actions) {
        switch (a.what) {
            case core::action::kind::enter_state:
                enter(a.state);
                break;
            case core::action::kind::start:
                start(a);
                break;
            case core::action::kind::force:
                log_.stamped(name_of(a.part) + " forced");
                steps_.force(a.part);
                break;
            case core::action::kind::give_up:
                log_.stamped(name_of(a.part) + " " + word(a.step) +
                             " has not ended in its share; going on without it");
                break;
        }
    }
}

void engine::enter(state next) {
    health_.state.store(next);
    reports_.entered(next, clock::now());
    systemd_.enter(next);
    if (next == state::forcing) {
        steps_.run_aside("stop:token", [token = forcing_]() mutable { token.request_stop(); });
    }
    if (next != state::stopped) {
        log_.stamped(std::string(to_string(next)));
    }
}

void engine::start(const core::action& what) {
    const std::size_t inside =
        what.step == core::step_kind::drain ? steps_.close_gates(what.part) : 0;
    log_.stamped(name_of(what.part) + " " + word(what.step) + ", share " +
                 to_text(duration_cast<milliseconds>(what.limit - clock::now())) +
                 (inside > 0 ? ", " + std::to_string(inside) + " inside" : ""));
    steps_.start(what.part, what.step, what.limit);
}

stop_so_far engine::so_far() {
    const std::lock_guard lock(mutex_);
    return {*plan_, *machine_, steps_, requests_, *stop_at_};
}

void engine::write_interim_report() {
    interim_written_ = true;
    if (!machine_->finished()) {
        reports_.write_as_abandoned(so_far());
    }
}

void engine::finish() {
    steps_.finish();
    take_news();
    report done = reports_.make(so_far());
    log_.stamped("stopped: " + std::string(to_string(done.result)) + " in " +
                 to_text(duration_cast<milliseconds>(done.total)) + ", exit code " +
                 std::to_string(done.exit_code()));
    reports_.deliver(done);
    const std::lock_guard lock(mutex_);
    final_report_ = std::move(done);
    ended_.notify_all();
}

}  // namespace lastcall::runtime
