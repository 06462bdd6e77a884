#include "drill/load/load_engine.hpp"

#include <algorithm>
#include <utility>

#include "sys/clock.hpp"
#include "sys/error_text.hpp"

namespace lastcall::drill {

load_engine::load_engine(const load_plan& plan, std::shared_ptr<name_pool> names,
                         event_log_writer* events)
    : context_(plan, std::move(names), events),
      samples_per_cell_(plan.samples_per_cell),
      fill_timer_(context_.loop.timers(), [] {}),
      look_timer_(context_.loop.timers(), [this] { look_at_queue(); }),
      route_timer_(context_.loop.timers(), [this] { close_routes(); }),
      limit_(context_.loop.timers(), [this] { ending_ = true; }) {
    for (const auto& one : plan.lanes) {
        lanes_.push_back(make_lane(context_, one));
    }
}

load_engine::~load_engine() = default;

void load_engine::begin() {
    sys::use_exact_timers();
    begun_ = clock::now();
    context_.log.marks.set(mark::load_begun, nanoseconds(begun_));
    for (auto& one : lanes_) {
        if (one.driver) {
            one.driver->begin(begun_);
            continue;
        }
        const auto count = static_cast<std::int64_t>(one.clients.size());
        for (std::int64_t i = 0; i < count; ++i) {
            one.clients[static_cast<std::size_t>(i)]->begin_at(begun_ + one.plan.ramp * i / count);
        }
    }
    if (context_.accepts.works()) {
        look_at_queue();
    }
    if (context_.resets.works()) {
        context_.loop.sockets().add(context_.resets.fd(), packets_, true, false);
    }
}

/// Who is in the queue when the listener is closed can only be known before. A look that
/// takes long, among many connections, is taken less often.
void load_engine::look_at_queue() {
    constexpr std::chrono::milliseconds before_signal{50};
    constexpr std::chrono::milliseconds after_signal{5};
    constexpr int share = 20;
    // Not the time that passed: on a busy machine most of that went to others.
    const auto worked_before = sys::thread_processor_time();
    context_.accepts.look(clock::now());
    const auto cost = sys::thread_processor_time() - worked_before;
    const std::chrono::nanoseconds gap = context_.signal_ns == 0 ? before_signal : after_signal;
    look_timer_.set(clock::now() + std::max(gap, cost * share));
}

void load_engine::run() {
    begin();
    context_.loop.run(moment::max(), [this] { return turn(); });
    by_themselves_ = all_finished();
    end_all();
    ended_ = clock::now();
    processor_time_ = sys::thread_processor_time();
    if (context_.resets.works()) {
        context_.loop.sockets().remove(context_.resets.fd(), packets_);
    }
}

/// After each turn of the loop. Returns: whether it was the last.
bool load_engine::turn() {
    if (strike_) {
        fill();
    }
    if (ending_) {
        return true;
    }
    const auto& counters = context_.counters;
    return finishing_ && counters.in_flight == 0 && all_finished();
}

void load_engine::withdraw(std::promise<moment>& made) {
    context_.loop.post([this, &made] { made.set_value(withdraw_now()); });
}

moment load_engine::withdraw_now() {
    if (context_.routes_withdrawn) {
        return *context_.routes_withdrawn + context_.route_jitter;
    }
    const auto now = clock::now();
    context_.routes_withdrawn = now;
    const auto known_to_all = now + context_.route_jitter;
    context_.log.marks.set(mark::routes_withdrawn, nanoseconds(known_to_all));
    if (context_.route_jitter.count() == 0) {
        close_routes();
    } else {
        route_timer_.set(known_to_all);
    }
    return known_to_all;
}

void load_engine::close_routes() {
    for_each_client([](client& one) { one.routes_closed(); });
    for (auto& one : lanes_) {
        if (one.driver) {
            one.driver->routes_closed();
        }
    }
}

void load_engine::finish(moment until) {
    context_.loop.post([this, until] {
        if (!context_.routes_withdrawn) {
            // No mark: the load ends, nobody withdrew anything.
            context_.routes_withdrawn = clock::now() - context_.route_jitter;
            close_routes();
        }
        finishing_ = true;
        limit_.set(until);
    });
}

void load_engine::wind_down(moment until) {
    context_.loop.post([this, until] {
        for (auto& one : lanes_) {
            if (one.driver) {
                one.driver->wind_down();
            }
        }
        for_each_client([](client& one) { one.wind_down(); });
        finishing_ = true;
        limit_.set(until);
    });
}

bool load_engine::all_finished() const {
    return std::ranges::all_of(lanes_, [](const lane& one) {
        return (!one.driver || one.driver->finished()) &&
               std::ranges::all_of(one.clients, [](const auto& each) { return each->finished(); });
    });
}

void load_engine::end_all() {
    for (auto& one : lanes_) {
        if (one.driver) {
            one.driver->end();
        }
    }
    for_each_client([](client& one) { one.end(); });
}

void load_engine::take(trial_record& trial) {
    context_.log.exchanges.drain_into(trial.exchanges);
    context_.log.connections.drain_into(trial.connections);
    trial.in_cell = in_cell_;
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        if (const auto when = context_.log.marks[which]; when != 0) {
            trial.marks.set_first(which, when);
        }
    }
    trial.generator = health();
}

generator_health load_engine::health() const {
    constexpr std::chrono::milliseconds long_stall{100};
    generator_health made;
    const auto lasted = std::chrono::duration<double>(ended_ - begun_).count();
    made.processor_share =
        lasted > 0 ? std::chrono::duration<double>(processor_time_).count() / lasted : 0;
    const auto& late = context_.log.late;
    made.late_p50_ns = late.quantile(0.5);
    made.late_p99_ns = late.quantile(0.99);
    made.late_max_ns = late.most();
    made.sees_packets = context_.resets.works() && !context_.resets.has_lost_packets();
    for (const auto& [error, count] : context_.log.own_failures) {
        made.troubles.push_back(std::string(sys::error_text(error)) + " (" + std::to_string(count) +
                                " times)");
    }
    if (const auto stall = context_.loop.longest_stall(); stall > long_stall) {
        made.troubles.push_back(
            "the load stood still for " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(stall).count()) +
            " ms");
    }
    return made;
}

}  // namespace lastcall::drill
