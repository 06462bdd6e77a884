#include "runtime/engine.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "runtime/gate_pool.hpp"
#include "sys/event_fd.hpp"
#include "sys/output.hpp"
#include "sys/process.hpp"
#include "sys/signals.hpp"
#include "sys/stacks.hpp"
#include "sys/thread.hpp"

namespace lastcall::runtime {

using namespace std::chrono_literals;
using core::step_kind;
using std::chrono::duration_cast;
using std::chrono::microseconds;

namespace {

constexpr std::uint64_t changed_tag = ~std::uint64_t{0};
constexpr auto interim_report_lead = 60ms;

// Somebody who keeps signalling must not make the report grow without end.
constexpr std::size_t requests_kept = 64;

std::string text_of(const std::exception_ptr& error) {
    if (error == nullptr) {
        return {};
    }
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "threw something that is not a std::exception";
    }
}

const char* word(step_kind kind) { return kind == step_kind::drain ? "drain" : "close"; }

std::size_t inside_all_gates() {
    std::size_t sum = 0;
    for_each_gate([&](const detail::gate_core& c) { sum += c.count(); });
    return sum;
}

}  // namespace

engine::engine(engine_setup setup, health::impl& health, step_board& board, watchdog& bounds)
    : setup_(std::move(setup)),
      health_(health),
      board_(board),
      watchdog_(bounds),
      systemd_watchdog_(sys::systemd_watchdog()),
      changed_(sys::make_event()) {
    epoll_.add(changed_.get(), changed_tag);
    requests_.reserve(requests_kept);  // so that noting a signal allocates nothing
    health_.loops_changed = [this] { sys::signal_event(changed_.get()); };
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
        sys::signal_event(changed_.get());
        thread_.join();
        health_.loops_changed = [] {};
    }
}

void engine::set_ready() {
    const std::lock_guard lock(mutex_);
    if (!stop_at_ && !was_ready_) {
        was_ready_ = true;
        health_.state.store(state::ready);
        systemd_.send("READY=1\nSTATUS=ready");
    }
}

void engine::begin_running(std::vector<component>& components, const core::plan& plan) {
    const std::lock_guard lock(mutex_);
    components_ = &components;
    plan_ = &plan;
    is_running_ = true;
    sys::signal_event(changed_.get());
}

void engine::request(stop_request what) noexcept {
    const auto now = clock::now();
    const std::lock_guard lock(mutex_);
    if (!stop_at_) {
        stop_at_ = now;
    }
    what.at = duration_cast<microseconds>(now - *stop_at_);
    if (requests_.size() < requests_kept) {
        requests_.push_back(std::move(what));
    }
    if (!is_ended_) {
        watchdog_.arm(*stop_at_ + core::in_force(setup_.grace, requests_).deadline());
    }
    sys::signal_event(changed_.get());
}

report engine::wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return is_ended_; });
    return final_report_;
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
            if (leave_ || is_ended_) {
                return;
            }
        }
        turn();
    }
}

// One round: what came in, what the clock says, what the machine wants.
void engine::turn() {
    take_requests();
    take_notes();
    if (machine_) {
        take_step_ends();
        look_at_gates();
        carry_out(machine_->tick(clock::now(), last_arrival()));
        if (!interim_written_ && clock::now() >= machine_->deadline() - interim_report_lead) {
            write_interim_report();
        }
    }
    const auto now = clock::now();
    beat(now);
    tell_systemd(now);
    if (machine_ && machine_->finished()) {
        finish();
    }
}

std::optional<engine::clock::time_point> engine::next_wake() const {
    std::optional<clock::time_point> next = health_.loops.next();
    const auto consider = [&](clock::time_point t) { next = next ? std::min(*next, t) : t; };
    if (machine_) {
        if (const auto tick = machine_->next_tick()) {
            consider(*tick);
        }
        if (!interim_written_) {
            consider(machine_->deadline() - interim_report_lead);
        }
        if (systemd_) {
            consider(next_systemd_);
        }
    }
    if (systemd_watchdog_) {
        consider(next_watchdog_);
    }
    return next;
}

void engine::take_requests() {
    bool begin = false;
    std::vector<stop_request> fresh;
    std::size_t interrupts = 0;
    core::grace grace;
    {
        const std::lock_guard lock(mutex_);
        grace = core::in_force(setup_.grace, requests_);
        fresh.assign(requests_.begin() + static_cast<std::ptrdiff_t>(requests_seen_),
                     requests_.end());
        for (const stop_request& r : requests_) {
            interrupts += r.reason == stop_reason::sigint ? 1U : 0U;
        }
        begin = is_running_ && !machine_ && stop_at_.has_value();
    }
    for (const stop_request& r : fresh) {
        std::string line = std::string(to_string(r.reason));
        if (r.sender_pid != 0) {
            line += " from process " + std::to_string(r.sender_pid) + " of user " +
                    std::to_string(r.sender_uid);
        }
        if (!r.note.empty()) {
            line += ": " + r.note;
        }
        if (requests_seen_++ == 0) {
            run_aside("stop:token", [source = stopping_]() mutable { source.request_stop(); });
            health_.state.store(begin ? state::draining : health_.state.load());
            log(line + "; " + to_text(grace.deadline()) + " to stop (" + grace.origin() + ")");
        } else {
            log(stamp() + line + (interrupts < 2 ? "; noted, the stop goes on" : "; forcing"));
        }
    }
    if (begin) {
        begin_stop(grace);
    }
    if (machine_ && !fresh.empty()) {
        machine_->shorten(machine_->requested() + grace.deadline(), clock::now());
    }
    if (machine_ && interrupts >= 2 && !fresh.empty()) {
        carry_out(machine_->hurry(clock::now()));
        watchdog_.arm(machine_->deadline());
    }
}

void engine::begin_stop(const core::grace& grace) {
    clock::time_point since;
    {
        const std::lock_guard lock(mutex_);
        since = *stop_at_;
    }
    core::stop_settings settings;
    settings.deadline = setup_.grace.deadline();
    settings.force_window = setup_.force_window;
    settings.duck_min = setup_.duck.min;
    settings.duck_max = setup_.duck.max;
    settings.duck_quiet = setup_.duck.quiet;
    if (grace.deadline() < settings.deadline) {
        settings = core::within(settings, grace.deadline());
    }
    parts_ = std::vector<running_part>(components_->size());
    inside_before_ = inside_all_gates();
    systemd_.send("STOPPING=1");
    machine_.emplace(*plan_, settings);
    carry_out(machine_->begin(since, was_ready_));
}

void engine::take_step_ends() {
    std::vector<step_end> ends;
    {
        const std::lock_guard lock(mutex_);
        ends.swap(step_ends_);
    }
    for (step_end& e : ends) {
        if (!e.error.empty()) {
            errors_[{e.part, e.kind}] = e.error;
        }
        if (e.kind == step_kind::drain) {
            parts_[e.part].action_ended = true;
            finish_drain_if_over(e.part);
        } else {
            end_step(e.part, e.kind, e.failed);
        }
    }
}

void engine::end_step(std::size_t part, step_kind kind, bool failed) {
    const auto now = clock::now();
    step_board::entry& entry = board_.at(part, kind);
    entry.running.store(false);
    const auto took = now.time_since_epoch() - std::chrono::nanoseconds(entry.since.load());
    const auto error = errors_.find({part, kind});
    log(stamp() + (*components_)[part].name + " " + word(kind) +
        (failed ? " failed after " : " ended after ") + to_text(duration_cast<microseconds>(took)) +
        (error != errors_.end() ? ": " + error->second : std::string()));
    carry_out(machine_->step_ended(part, kind, failed, now));
}

void engine::look_at_gates() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        auto& gates = parts_[i].waiting_for;
        const auto drained = [this](gate* g) {
            const bool is_empty = g->wait_empty(clock::time_point{});
            if (is_empty) {
                epoll_.remove(g->event_fd());
            }
            return is_empty;
        };
        if (!gates.empty()) {
            gates.erase(std::remove_if(gates.begin(), gates.end(), drained), gates.end());
            finish_drain_if_over(i);
        }
    }
}

// A drain has ended when its action has, and every gate of the component is empty.
void engine::finish_drain_if_over(std::size_t part) {
    running_part& p = parts_[part];
    if (!p.drain_running || !p.action_ended || !p.waiting_for.empty()) {
        return;
    }
    p.drain_running = false;
    end_step(part, step_kind::drain, errors_.contains({part, step_kind::drain}));
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
                force(a.part);
                break;
            case core::action::kind::give_up:
                log(stamp() + (*components_)[a.part].name + " " + word(a.step) +
                    " has not ended in its share; going on without it");
                break;
        }
    }
}

void engine::enter(state next) {
    const auto now = clock::now();
    clock::time_point since;
    {
        const std::lock_guard lock(mutex_);
        since = *stop_at_;
    }
    health_.state.store(next);
    states_.push_back({next, duration_cast<microseconds>(now - since)});
    progressed_ = true;
    systemd_.send("STATUS=" + std::string(to_string(next)));
    if (next == state::forcing) {
        run_aside("stop:token", [source = forcing_]() mutable { source.request_stop(); });
    }
    if (next != state::stopped) {
        log(stamp() + std::string(to_string(next)));
    }
}

void engine::start(const core::action& what) {
    const component& c = (*components_)[what.part];
    running_part& p = parts_[what.part];
    step_board::entry& entry = board_.at(what.part, what.step);
    entry.since.store(std::chrono::nanoseconds(clock::now().time_since_epoch()).count());
    entry.limit.store(std::chrono::nanoseconds(what.limit.time_since_epoch()).count());
    entry.running.store(true, std::memory_order_release);
    std::size_t inside = 0;
    if (what.step == step_kind::drain) {
        p.drain_running = true;
        p.action_ended = !c.drain;
        for (gate* g : c.gates) {
            g->close();
            inside += g->count();
            p.waiting_for.push_back(g);
            try {
                epoll_.add(g->event_fd(), what.part);
            } catch (const std::system_error&) {
                // The same gate in two components is in the set already.
            }
        }
    }
    log(stamp() + c.name + " " + word(what.step) + ", share " +
        to_text(duration_cast<std::chrono::milliseconds>(what.limit - clock::now())) +
        (inside > 0 ? ", " + std::to_string(inside) + " inside" : ""));
    const bool has_action = what.step == step_kind::close || static_cast<bool>(c.drain);
    if (has_action) {
        run_step(what.part, what.step, what.limit);
    } else {
        look_at_gates();
    }
}

void engine::run_step(std::size_t part, step_kind kind, clock::time_point limit) {
    const component& c = (*components_)[part];
    step_board::entry& entry = board_.at(part, kind);
    const auto ended = [this, part, kind](const std::exception_ptr& error) {
        const std::lock_guard lock(mutex_);
        step_ends_.push_back({part, kind, text_of(error), error != nullptr});
        sys::signal_event(changed_.get());
    };
    const auto progress = [this, name = c.name](std::string_view what) {
        const std::lock_guard lock(mutex_);
        notes_.push_back(name + ": " + std::string(what));
        sys::signal_event(changed_.get());
    };
    stop_reason reason = stop_reason::none;
    {
        const std::lock_guard lock(mutex_);
        reason = requests_.empty() ? stop_reason::none : requests_.front().reason;
    }
    auto control = std::make_shared<detail::step_control>(
        limit, reason, parts_[part].forced.get_token(), ended, progress);
    const step& action = kind == step_kind::drain ? c.drain : c.close;
    run_aside("stop:" + c.name, [&action, &entry, control] {
        entry.thread.store(static_cast<int>(sys::current_thread_id()));
        try {
            if (action.is_asynchronous()) {
                std::get<step::asynchronous>(action.action())(stop_context(control),
                                                              completion(control));
                entry.thread.store(0);
            } else {
                std::get<step::blocking>(action.action())(stop_context(control));
                control->end(nullptr);
            }
        } catch (...) {
            control->end(std::current_exception());
        }
    });
}

void engine::force(std::size_t part) {
    const component& c = (*components_)[part];
    log(stamp() + c.name + " forced");
    board_.at(part, step_kind::drain).forced.store(true);
    board_.at(part, step_kind::close).forced.store(true);
    run_aside("force:" + c.name, [source = parts_[part].forced, force = c.force]() mutable {
        source.request_stop();
        if (force) {
            force();
        }
    });
}

// Application code never runs on the engine's thread, unless no thread can be had.
void engine::run_aside(const std::string& name, std::function<void()> work) {
    auto body = [name, work = std::move(work), this]() noexcept {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            notes_.push_back(name + " threw: " + text_of(std::current_exception()));
            sys::signal_event(changed_.get());
        }
    };
    try {
        threads_.run(name, body);
    } catch (const std::system_error&) {
        setup_.degraded.push_back("no thread for " + name + ": it ran on the engine's own");
        body();
    }
}

void engine::take_notes() {
    std::vector<std::string> notes;
    {
        const std::lock_guard lock(mutex_);
        notes.swap(notes_);
    }
    for (const std::string& n : notes) {
        log(stamp() + n);
        systemd_.send("STATUS=" + n);
        progressed_ = true;
    }
}

void engine::beat(clock::time_point now) {
    for (const blocked_loop& b : health_.loops.beat(now)) {
        std::string text = "event loop \"" + b.name + "\" has not answered for " +
                           to_text(b.silent) + "; it is blocked";
        if (b.thread != 0) {
            std::array<char, 600> line{};
            sys::describe_thread(b.thread, line);
            text += " in thread " + std::to_string(b.thread) + " (" + line.data() + ")";
            std::array<void*, 24> frames{};
            const std::size_t n = sys::capture_stack(b.thread, frames, 50ms);
            for (std::size_t i = 0; i < n; ++i) {
                sys::describe_address(frames[i], line);
                text += "\n    #" + std::to_string(i) + " " + line.data();
            }
        }
        log(text);
    }
}

// Progress is real when a step ended, a state was entered, a step said so, or fewer
// are inside than before. Only then is systemd asked for more time.
void engine::tell_systemd(clock::time_point now) {
    if (systemd_watchdog_ && now >= next_watchdog_) {
        const auto loops = health_.loops.results(now);
        if (std::all_of(loops.begin(), loops.end(), [](const auto& l) { return l.good; })) {
            systemd_.send("WATCHDOG=1");
        }
        next_watchdog_ = now + *systemd_watchdog_ / 3;
    }
    if (!systemd_ || !machine_ || now < next_systemd_) {
        return;
    }
    next_systemd_ = now + 1s;
    const std::size_t inside = inside_all_gates();
    if (progressed_ || inside < inside_before_) {
        const auto left = machine_->deadline() + setup_.grace.reserve - now;
        const auto more = std::min<core::duration>(left, 10s);
        if (setup_.grace.source != "systemd" && more > 0s) {
            systemd_.send("EXTEND_TIMEOUT_USEC=" +
                          std::to_string(duration_cast<microseconds>(more).count()));
        }
        systemd_.send("STATUS=" + std::string(to_string(health_.state.load())) + ", " +
                      std::to_string(inside) + " inside");
    }
    progressed_ = false;
    inside_before_ = inside;
}

// The watchdog may have to end the process while every lock is held; so the report is
// written a moment before, by a thread that still can.
void engine::write_interim_report() {
    interim_written_ = true;
    if (setup_.options.report_file.empty() || machine_->finished()) {
        return;
    }
    report now = make_report();
    now.result = result::abandoned;
    now.exit = exit_status::abandoned;
    try {
        sys::replace_file(setup_.options.report_file, now.json() + "\n");
    } catch (const std::exception& e) {
        log(std::string("the report cannot be written: ") + e.what());
    }
}

void engine::finish() {
    threads_.finish();
    take_notes();
    report done = make_report();
    log(stamp() + "stopped: " + std::string(to_string(done.result)) + " in " +
        to_text(duration_cast<std::chrono::milliseconds>(done.total)) + ", exit code " +
        std::to_string(done.exit_code()));
    try {
        if (!setup_.options.report_file.empty()) {
            sys::replace_file(setup_.options.report_file, done.json() + "\n");
        }
        if (setup_.options.on_report) {
            setup_.options.on_report(done);
        }
    } catch (const std::exception& e) {
        log(std::string("the report cannot be delivered: ") + e.what());
    }
    const std::lock_guard lock(mutex_);
    final_report_ = std::move(done);
    is_ended_ = true;
    ended_.notify_all();
}

report engine::make_report() const {
    report r;
    clock::time_point since;
    r.service = setup_.options.service;
    {
        const std::lock_guard lock(const_cast<std::mutex&>(mutex_));
        r.requests = requests_;
        since = *stop_at_;
    }
    const core::grace grace = core::in_force(setup_.grace, r.requests);
    r.grace = duration_cast<std::chrono::milliseconds>(grace.total);
    r.reserve = duration_cast<std::chrono::milliseconds>(grace.reserve);
    r.grace_source = grace.source;
    r.degraded = setup_.degraded;
    r.states = states_;
    const auto now = clock::now();
    r.total = duration_cast<microseconds>(now - since);
    for (const core::step_trace& t : machine_->steps()) {
        const auto error = errors_.find({t.part, t.kind});
        r.steps.push_back({plan_->parts()[t.part].name, word(t.kind),
                           duration_cast<microseconds>(t.start - since),
                           duration_cast<microseconds>(t.end.value_or(now) - t.start),
                           duration_cast<microseconds>(t.share_end - t.start), t.result(),
                           error != errors_.end() ? error->second : std::string()});
    }
    for_each_gate([&](const detail::gate_core& core) {
        for_each_occupant(core, [&](const char* label, std::uint32_t age, std::uint32_t thread) {
            r.left.push_back({core.name.load(), label, std::chrono::milliseconds(age),
                              static_cast<int>(thread)});
        });
    });
    r.result = machine_->result();
    switch (r.result) {
        case result::clean:
            r.exit = exit_status::clean;
            break;
        case result::failed:
            r.exit = exit_status::failed;
            break;
        case result::forced:
            r.exit = exit_status::forced;
            break;
        case result::abandoned:
            r.exit = exit_status::abandoned;
            break;
    }
    return r;
}

void engine::log(const std::string& line) {
    if (setup_.options.log) {
        try {
            setup_.options.log(line);
        } catch (...) {
            // A log that fails must not stop the stop.
        }
        return;
    }
    const std::string text = "lastcall: " + setup_.options.service + ": " + line + "\n";
    sys::write_without_waiting(2, text);
}

std::string engine::stamp() const {
    clock::time_point since;
    {
        const std::lock_guard lock(const_cast<std::mutex&>(mutex_));
        since = stop_at_.value_or(clock::now());
    }
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%+9.1f ms  ",
                  std::chrono::duration<double, std::milli>(clock::now() - since).count());
    return text.data();
}

engine::clock::time_point engine::last_arrival() const noexcept {
    return clock::time_point(clock::duration(last_arrival_.load(std::memory_order_relaxed)));
}

}  // namespace lastcall::runtime
