#include "drill/load/load.hpp"

#include <future>

#include "drill/load/load_engine.hpp"

namespace lastcall::drill {

load::load(const load_plan& plan, std::shared_ptr<name_pool> names, event_log_writer* events)
    : engine_(std::make_unique<load_engine>(plan, std::move(names), events)) {}

load::~load() {
    if (thread_.joinable()) {
        finish(clock::now());
    }
}

void load::start() {
    thread_ = std::thread([this] { engine_->run(); });
}

moment load::withdraw_routes() {
    std::promise<moment> made;
    engine_->withdraw(made);
    return made.get_future().get();
}

moment load::strike(const std::function<void()>& send, const strike_timing& timing) {
    std::promise<moment> made;
    engine_->strike(send, timing, false, made);
    return made.get_future().get();
}

moment load::withdraw_and_strike(const std::function<void()>& send, const strike_timing& timing) {
    std::promise<moment> made;
    engine_->strike(send, timing, true, made);
    return made.get_future().get();
}

bool load::finish(moment until) {
    engine_->finish(until);
    thread_.join();
    return engine_->ended_by_themselves();
}

bool load::wind_down(moment until) {
    engine_->wind_down(until);
    thread_.join();
    return engine_->ended_by_themselves();
}

const load_counters& load::counters() const noexcept { return engine_->context().counters; }

void load::take(trial_record& trial) { engine_->take(trial); }

std::uint64_t connections_of(const load_plan& plan) noexcept {
    std::uint64_t sum = 0;
    for (const auto& one : plan.lanes) {
        sum += one.kind == lane_kind::probe ? 1U : static_cast<std::uint64_t>(one.clients);
    }
    return sum;
}

}  // namespace lastcall::drill
