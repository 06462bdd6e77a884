// Clients that always have a request in flight: each takes the server a known time, and the
// next one follows at once on the same connection.
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

class busy_client final : public http_client {
public:
    busy_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                const lane_plan& plan)
        : http_client(shared, texts->lane), texts_(std::move(texts)) {
        set_patience(shared.patience + plan.takes);
    }

    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || cell_now() == cell::waiting;
    }

private:
    void tick() override {
        if (!busy() && (is_open() || routes_open())) {
            ask(texts_->get.next(context(), room_), clock::now());
        }
    }

    void on_answer(const exchange& one, bool usable) override {
        if (usable || routes_open()) {
            const bool fine = blame_of(one.result) == blame::none;
            tick_at(clock::now() + (fine ? std::chrono::milliseconds(0) : pause_after_failure));
        }
    }

    void on_lost(quiet_end) override {
        if (!routes_open()) {
            cancel_tick();
        }
    }

    std::shared_ptr<const lane_texts> texts_;
    std::string room_;
};

}  // namespace

lane make_busy_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    auto made =
        lane_of(plan, [&](int) { return std::make_unique<busy_client>(shared, texts, plan); });
    made.plan.ramp = std::max(plan.ramp, plan.takes);  // they are at different places
    return made;
}

}  // namespace lastcall::drill
