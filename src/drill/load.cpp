#include "drill/load.hpp"

#include <algorithm>
#include <future>

namespace lastcall::drill {

load::load(const load_plan& plan) {
    context_.target = plan.target;
    context_.host = plan.target.text();
    context_.patience = plan.patience;
    context_.random.seed(plan.seed);
    lanes_.push_back(make_keepalive_lane(context_, plan.keepalive));
    lanes_.push_back(make_keepalive_lane(context_, plan.exports));
    lanes_.push_back(make_fresh_lane(context_, plan.fresh));
    lanes_.push_back(make_slow_lane(context_, plan.slow));
    lanes_.push_back(make_stream_lane(context_, plan.stream));
    lanes_.push_back(make_websocket_lane(context_, plan.websocket));
    lanes_.push_back(make_idle_lane(context_, plan.idle));
    lanes_.push_back(make_silent_lane(context_, plan.silent));
}

load::~load() {
    if (thread_.joinable()) {
        finish(clock::now());
    }
}

void load::start() {
    thread_ = std::thread([this] { run(); });
}

moment load::signal(const std::function<void()>& send) {
    std::promise<moment> sent;
    context_.loop.post([&] {
        context_.routes_open = false;
        signalled_ = true;
        const auto now = clock::now();
        context_.log.signal_ns = nanoseconds(now);
        send();
        for (auto& one : lanes_) {
            for (auto& client : one.clients) {
                client->signal_sent();
            }
        }
        sent.set_value(now);
    });
    return sent.get_future().get();
}

bool load::finish(moment until) {
    // The loop ends itself once all is over; the post only says how long it may take.
    timer limit(context_.loop.timers(), [&] { ending_ = true; });
    context_.loop.post([&] { limit.set(until); });
    thread_.join();
    limit.cancel();
    return by_themselves_;
}

void load::run() {
    const auto now = clock::now();
    for (auto& one : lanes_) {
        const auto count = static_cast<std::int64_t>(one.clients.size());
        for (std::int64_t i = 0; i < count; ++i) {
            one.clients[static_cast<std::size_t>(i)]->begin_at(now + one.ramp * i / count);
        }
    }
    context_.loop.run(moment::max(), [this] { return ending_ || (signalled_ && all_finished()); });
    by_themselves_ = all_finished();
    context_.routes_open = false;
    for (auto& one : lanes_) {
        for (auto& client : one.clients) {
            client->end();
        }
    }
}

bool load::all_finished() const {
    return std::ranges::all_of(lanes_, [](const lane& one) {
        return std::ranges::all_of(one.clients,
                                   [](const auto& client) { return client->finished(); });
    });
}

}  // namespace lastcall::drill
