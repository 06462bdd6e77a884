#include <lastcall/lifecycle.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "runtime/engine.hpp"
#include "runtime/gate_pool.hpp"
#include "runtime/status_server.hpp"
#include "runtime/watchdog.hpp"
#include "sys/clock.hpp"
#include "sys/output.hpp"
#include "sys/process/process.hpp"
#include "sys/process/stacks.hpp"
#include "wire/stop_value.hpp"

namespace lastcall {
namespace {

using std::chrono::milliseconds;

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

// Only the parent is believed: it is the keeper, or nobody is.
std::optional<milliseconds> left_by_keeper(const sys::arrived_signal& signal) noexcept {
    if (!signal.value || signal.sender_pid == 0 || signal.sender_pid != sys::parent_process_id()) {
        return std::nullopt;
    }
    const auto now = std::chrono::duration_cast<milliseconds>(sys::monotonic_now());
    const auto at = wire::plausible_stop_value(*signal.value, now);
    return at ? std::optional(*at - now) : std::nullopt;
}

runtime::engine_setup set_up(lifecycle_options options, runtime::status_server& status) {
    runtime::engine_setup setup;
    core::grace_sources sources;
    sources.code = options.grace;
    sources.environment = variable("LASTCALL_GRACE");
    sources.keeper_deadline = variable("LASTCALL_DEADLINE");
    sources.monotonic_now = sys::monotonic_now();
    if (!sources.code && !sources.environment && !sources.keeper_deadline) {
        std::string why;
        sources.systemd = sys::systemd_stop_timeout(why);
        if (!why.empty()) {
            setup.degraded.push_back(why);
        }
    }
    setup.grace = core::choose_grace(sources, options.reserve);
    const lame_duck duck = options.duck.value_or(lame_duck::automatic());
    if (duck.min < milliseconds::zero() || duck.max < duck.min ||
        duck.quiet < milliseconds::zero()) {
        throw std::invalid_argument("lame duck: min " + to_text(duck.min) + ", max " +
                                    to_text(duck.max) + ", quiet " + to_text(duck.quiet) +
                                    "; it takes 0 <= min <= max and 0 <= quiet");
    }
    if (!status.failure().empty()) {
        setup.degraded.push_back(status.failure());
    }
    status.list_degraded(setup.degraded);
    const core::duration deadline = setup.grace.deadline();
    setup.stop = {.deadline = deadline,
                  .force_window = std::min<core::duration>(std::chrono::seconds(1), deadline / 10),
                  .duck_min = duck.min,
                  .duck_max = duck.max,
                  .duck_quiet = duck.quiet};
    setup.options = std::move(options);
    return setup;
}

core::step_spec spec_of(bool present, const share& wanted, const std::string& name) {
    if (!(wanted.weight > 0)) {
        throw std::invalid_argument("component \"" + name + "\": a weight must be above 0");
    }
    if (wanted.minimum < milliseconds::zero()) {
        throw std::invalid_argument("component \"" + name + "\": a minimum must not be negative");
    }
    return {present, wanted.minimum, wanted.weight};
}

}  // namespace

lame_duck lame_duck::automatic() {
    using namespace std::chrono_literals;
    return variable("KUBERNETES_SERVICE_HOST") ? lame_duck{.min = 3s, .max = 10s, .quiet = 2s}
                                               : lame_duck::none();
}

class lifecycle::impl {
public:
    explicit impl(lifecycle_options options)
        : service_(options.service),
          reraise_(options.reraise_sigterm),
          health_(shared_health_),
          watchdog_(service_, board_),
          status_(options.status_socket, service_, board_, shared_health_, watchdog_),
          engine_(set_up(std::move(options), status_), shared_health_, board_, watchdog_) {
        sys::ignore_broken_pipes();
        sys::prepare_stacks();
        watchdog_.start([this](const sys::arrived_signal& s) {
            engine_.request(
                {.reason = s.number == SIGINT ? stop_reason::sigint : stop_reason::sigterm,
                 .note = {},
                 .sender_pid = s.sender_pid,
                 .sender_uid = s.sender_uid,
                 .left = left_by_keeper(s)});
        });
    }
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;
    ~impl() { end_threads(); }

    void end_threads() noexcept {
        watchdog_.stop();
        engine_.join();
    }

    void add(component part);
    void check();
    void ready();
    report run();

    std::string service_;
    bool reraise_;
    int owner_ = sys::current_process_id();
    runtime::step_board board_;
    lastcall::health::impl shared_health_;
    lastcall::health health_;
    std::vector<component> components_;
    std::vector<core::part_spec> specs_;
    std::optional<core::plan> plan_;
    bool running_ = false;
    runtime::watchdog watchdog_;
    runtime::status_server status_;
    runtime::engine engine_;
};

void lifecycle::impl::add(component part) {
    if (running_) {
        throw std::logic_error("component \"" + part.name + "\" is added after run()");
    }
    if (part.name.empty()) {
        throw std::invalid_argument("a component needs a name");
    }
    for (const core::part_spec& other : specs_) {
        if (other.name == part.name) {
            throw std::invalid_argument("two components are named \"" + part.name + "\"");
        }
    }
    core::part_spec spec;
    spec.name = part.name;
    spec.uses_given = part.uses.given();
    spec.uses = part.uses.names();
    spec.last = part.last;
    spec.drain = spec_of(part.drain || !part.gates.empty(), part.drain_share, part.name);
    spec.close = spec_of(static_cast<bool>(part.close), part.close_share, part.name);
    components_.reserve(components_.size() + 1);
    specs_.push_back(std::move(spec));
    components_.push_back(std::move(part));
    plan_.reset();
}

void lifecycle::impl::check() {
    if (!plan_) {
        core::plan made(specs_);
        const core::stop_settings& stop = engine_.settings();
        core::check_budget(made, stop.deadline, stop.duck_min, stop.force_window,
                           engine_.grace().origin());
        plan_ = std::move(made);
    }
}

void lifecycle::impl::ready() {
    check();
    engine_.set_ready();
}

report lifecycle::impl::run() {
    check();
    running_ = true;
    board_.prepare(*plan_);
    engine_.begin_running(components_, *plan_);
    report done = engine_.wait();
    watchdog_.disarm();
    watchdog_.keep_signals_blocked();
    return done;
}

lifecycle::lifecycle(lifecycle_options options)
    : impl_(std::make_unique<impl>(std::move(options))) {}

lifecycle::~lifecycle() {
    // In a child made by fork the threads are not there to be joined.
    if (impl_ != nullptr && impl_->owner_ != sys::current_process_id()) {
        static_cast<void>(impl_.release());
    }
}

void lifecycle::add(component part) { impl_->add(std::move(part)); }

void lifecycle::ready() { impl_->ready(); }

void lifecycle::request_stop(std::string_view note) noexcept {
    try {
        impl_->engine_.request({.reason = stop_reason::requested,
                                .note = std::string(note),
                                .sender_pid = 0,
                                .sender_uid = 0});
    } catch (const std::bad_alloc&) {
        impl_->engine_.request(
            {.reason = stop_reason::requested, .note = {}, .sender_pid = 0, .sender_uid = 0});
    }
}

report lifecycle::run() { return impl_->run(); }

void lifecycle::run_and_exit() {
    int code = static_cast<int>(exit_status::refused);
    bool by_sigterm = false;
    try {
        const report done = run();
        code = done.exit_code();
        by_sigterm = done.result == result::clean && !done.requests.empty() &&
                     done.requests.front().reason == stop_reason::sigterm;
    } catch (const std::exception& e) {
        code = refuse_start(impl_->service_, e);
    }
    impl_->end_threads();
    if (by_sigterm && impl_->reraise_) {
        std::fflush(nullptr);
        sys::die_by_signal(SIGTERM);
        code = 128 + SIGTERM;  // PID 1 cannot be killed by its own signal
    }
    std::exit(code);
}

state lifecycle::state() const noexcept { return impl_->shared_health_.state.load(); }

std::stop_token lifecycle::stopping() const noexcept { return impl_->engine_.stopping(); }

std::stop_token lifecycle::forcing() const noexcept { return impl_->engine_.forcing(); }

void lifecycle::note_arrival() noexcept { impl_->engine_.note_arrival(); }

lastcall::health& lifecycle::health() noexcept { return impl_->health_; }

milliseconds lifecycle::grace() const noexcept {
    return std::chrono::duration_cast<milliseconds>(impl_->engine_.grace().total);
}

std::string_view lifecycle::grace_source() const noexcept { return impl_->engine_.grace().source; }

milliseconds lifecycle::force_window() const noexcept {
    return std::chrono::floor<milliseconds>(impl_->engine_.settings().force_window);
}

int refuse_start(std::string_view service, const std::exception& error) noexcept {
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(service.size()), service.data(),
                 error.what());
    return static_cast<int>(exit_status::refused);
}

}  // namespace lastcall
