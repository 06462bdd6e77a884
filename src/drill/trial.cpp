#include "drill/trial.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include "drill/contract/glob.hpp"
#include "drill/effects.hpp"
#include "drill/record/tally.hpp"
#include "drill/sequence/stop_runner.hpp"
#include "drill/service.hpp"
#include "drill/subject/stop_watch.hpp"
#include "sys/host.hpp"
#include "sys/process/process.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;

constexpr auto frame = 100ms;        // between two looks of the live view
constexpr auto after_exit = 2s;      // for the kernel to tell the clients that it is over
constexpr auto after_settling = 5s;  // a reload: for what is in flight to end

class hooks_of_load final : public load_hooks {
public:
    explicit hooks_of_load(load& of, std::chrono::nanoseconds sweep) : load_(of), sweep_(sweep) {}

    moment withdraw_routes() override { return load_.withdraw_routes(); }
    moment strike(const std::function<void()>& send) override {
        return load_.strike(send, timing());
    }
    moment withdraw_and_strike(const std::function<void()>& send) override {
        return load_.withdraw_and_strike(send, timing());
    }

private:
    [[nodiscard]] strike_timing timing() const {
        strike_timing made;
        made.after_writing = sweep_;
        return made;
    }

    load& load_;
    std::chrono::nanoseconds sweep_;
};

/// Loads it for a while. Returns: false when it ended by itself meanwhile.
bool warm_up(const run_context& context, subject& who, const load& running) {
    const auto begun = clock::now();
    const auto until = begun + context.chosen.load_for;
    while (clock::now() < until && !context.stop_asked) {
        if (who.wait(std::min(until, clock::now() + frame))) {
            return false;
        }
        context.watching.progress(running.counters(), clock::now() - begun);
    }
    return true;
}

/// The service did not live to see its stop: what was seen until then is all there is.
void record_death(const subject& who, trial_record& into) {
    into.exit = who.exit().value_or(exit_facts{});
    into.marks.set(mark::exited, who.exit_ns());
    into.problem = who.name() + " " + how_it_ended(who) +
                   " under load, before any signal; repair that first" + last_words(who);
}

void settle_accounts(const run_context& context, const std::string& prefix, trial_record& into) {
    if (!context.chosen.effects.asked) {
        return;
    }
    try {
        into.effects = account(into.exchanges, list_of_effects(context), prefix);
    } catch (const drill_error& e) {
        into.effects.emplace();
        into.effects->problem = e.what();
    }
}

/// Moves the signal over the lifetime of one request of those that are written last before
/// it: the median of the first trial.
std::chrono::nanoseconds sweep_offset(const run_context& context, std::uint32_t number) {
    if (context.chosen.sweep == 0 || context.run.trials.empty()) {
        return {};
    }
    std::vector<double> lifetimes;
    for (const auto& one : context.run.trials.front().exchanges) {
        if (one.sent_ns != 0 && blame_of(one.result) == blame::none &&
            (one.lane == "pool" || one.lane == "fresh")) {
            lifetimes.push_back(static_cast<double>(one.end_ns - one.sent_ns));
        }
    }
    std::ranges::sort(lifetimes);
    const double share =
        static_cast<double>(number - 1) / static_cast<double>(context.chosen.sweep);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(quantile(lifetimes, 0.5) * share));
}

/// What the watch and the runner tell while the stop goes on.
stop_control control_of(const run_context& context, const load& running,
                        std::function<bool()> start_successor) {
    auto& watching = context.watching;
    stop_control made;
    made.stop_asked = &context.stop_asked;
    made.start_successor = std::move(start_successor);
    made.note = [&watching](std::string_view text) { watching.noted(text); };
    made.marked = [&watching](mark which, std::int64_t ns) { watching.marked(which, ns); };
    made.turned = [&watching, &running, begun = clock::now(), next = clock::now()]() mutable {
        if (const auto now = clock::now(); now >= next) {
            next = now + frame;
            watching.progress(running.counters(), now - begun);
        }
    };
    return made;
}

/// The load as the watch sees it: the watch is made before there is one, and may look on when
/// it is gone.
class load_place {
public:
    void set(const load* which) {
        const std::lock_guard lock(mutex_);
        load_ = which;
    }

    [[nodiscard]] load_view look() {
        const std::lock_guard lock(mutex_);
        if (load_ == nullptr) {
            return {};
        }
        const auto& now = load_->counters();
        return load_view{static_cast<std::int32_t>(now.in_flight),
                         static_cast<std::int32_t>(now.connections),
                         static_cast<std::int8_t>(now.ready)};
    }

private:
    std::mutex mutex_;
    const load* load_ = nullptr;  // guarded by mutex_
};

/// In the place for as long as this is there.
class placed_load {
public:
    placed_load(load_place& place, const load& which) : place_(place) { place_.set(&which); }
    placed_load(const placed_load&) = delete;
    placed_load& operator=(const placed_load&) = delete;
    ~placed_load() { place_.set(nullptr); }

private:
    load_place& place_;
};

watch_plan plan_of_watch(const settings& chosen, load_place& place) {
    watch_plan made;
    made.server = chosen.load.target.at;
    made.signal = chosen.sequence.event.empty() ? chosen.sequence.signal : 0;
    made.port_is_freed = chosen.expected.ends && chosen.sequence.kind != sequence_kind::rolling;
    made.load = [&place] { return place.look(); };
    return made;
}

}  // namespace

void run_trial(const run_context& context, trial_record& into, const choose_load& choose) {
    const auto& chosen = context.chosen;
    auto listener = make_shared_listener(chosen);
    load_place place;
    stop_watch watch(plan_of_watch(chosen, place));
    const auto who = start_service(context, listener.get());
    auto plan = choose(*who);
    plan.effect_prefix =
        effect_prefix(sys::wall_clock().count(), sys::current_process_id(), into.number);
    const auto offset = sweep_offset(context, into.number);
    into.sweep_offset_ns = offset.count();
    context.events.begin_trial(into);

    load running(plan, context.run.names, &context.events);
    const placed_load in_place(place, running);
    running.start();
    watch.begin(*who);
    const bool is_alive = warm_up(context, *who, running);
    std::unique_ptr<subject> successor;
    hooks_of_load hooks(running, offset);
    auto control = control_of(context, running, [&] {
        successor = start_successor(context, listener.get(), into.problem);
        listener.reset();  // the services alone decide how long it lives
        return successor != nullptr;
    });
    if (chosen.sequence.kind != sequence_kind::rolling) {
        listener.reset();
    }
    bool is_over = false;
    control.giving_up = [&] {
        running.finish(clock::now());
        is_over = true;
    };
    if (!is_alive) {
        running.finish(clock::now() + after_exit);
        is_over = true;
        record_death(*who, into);
    } else if (context.stop_asked) {
        control.giving_up();
        into.notes.emplace_back("interrupted before the stop began");
    } else {
        run_stop(chosen.sequence, *who, hooks, watch, control, into);
    }
    if (is_over) {
        if (who->is_ours()) {
            who->signal_all(sigkill);
        }
    } else if (chosen.expected.ends && successor == nullptr) {
        running.finish(clock::now() + after_exit);
    } else {
        running.wind_down(clock::now() + after_settling);
    }
    watch.finish(*who, into);
    std::erase_if(into.leftovers, [&](const leftover& one) {
        return std::ranges::any_of(chosen.allowed_leftovers,
                                   [&](const auto& pattern) { return matches(one.text, pattern); });
    });
    running.take(into);
    for (const auto& one : into.samples) {
        context.events.add(one);
    }
    into.is_interrupted = context.stop_asked;
    for (auto* const left : {successor.get(), chosen.expected.ends ? nullptr : who.get()}) {
        if (left != nullptr && left->is_ours()) {
            end_service(*left, chosen.sequence.signal);
        }
    }
    if (!into.is_interrupted) {
        settle_accounts(context, plan.effect_prefix, into);
    }
}

}  // namespace lastcall::drill
